/** The matrix of allowed flows against the running city, by real connection attempts, allowed and denied alike. */

import { readFile } from 'node:fs/promises';
import * as z from 'zod/mini';
import { own } from '../../agents/contract/json.js';
import type { AttemptOutcome, ProbeRequest, Reached } from '../../agents/contract/prober.js';
import type { Family } from '../../infra/city/addresses.js';
import { grouped } from '../../infra/city/grouped.js';
import { readJson } from '../../infra/city/json.js';
import { type Problem, WorldError } from '../../infra/city/problem.js';
import type { Fabric } from '../../infra/fabric/fabric.js';
import { NODE } from '../../infra/site/host.js';
import type { Topology } from '../../infra/site/topology.js';
import { type MatrixAttempt, matrixAttempts } from './attempts.js';

/** What came of one attempt. */
export interface Tried extends MatrixAttempt {
  readonly reached: Reached;
  readonly by: string;
}

export interface MatrixProof {
  readonly tried: readonly Tried[];
  readonly problems: readonly Problem[];
}

/** Denied attempts, half of all, wait this long. */
const TIMEOUT_MS = 1000;
/** Allowed attempts without an answer are repeated once, slowly: a busy machine may lose a packet, too. */
const AGAIN = { timeoutMs: 3000, atOnce: 20 } as const;
const AT_ONCE = 150;
const EXEC_TIMEOUT_MS = 120_000;

export interface Proving {
  readonly topology: Topology;
  readonly fabric: Fabric;
  readonly families: readonly Family[];
  /** The built prober: hosts run it from their standard input, and keep nothing. */
  readonly prober: string;
  readonly signal: AbortSignal;
}

/** Tries the whole matrix. @returns every attempt, and a problem a disagreement @throws {WorldError} when a host cannot be reached */
export async function proveMatrix({ topology, fabric, families, prober, signal }: Proving): Promise<MatrixProof> {
  const program = await readFile(prober, 'utf8');
  const ask = (attempts: readonly MatrixAttempt[], pace: Omit<ProbeRequest, 'attempts'>) =>
    tryAll(attempts, (host, own) => askHost(fabric, signal, host, program, { attempts: own.map(bare), ...pace }));
  const first = await ask(
    families.flatMap(family => matrixAttempts(topology, family)),
    { timeoutMs: TIMEOUT_MS, atOnce: AT_ONCE },
  );
  const again = await ask(first.filter(mayBeLost), AGAIN);
  const second = new Map(again.map(tried => [keyOf(tried), tried]));
  const tried = first.map(each => second.get(keyOf(each)) ?? each);
  return { tried, problems: tried.filter(disagrees).map(problemOf) };
}

const bare = ({ protocol, source, destination, port }: MatrixAttempt) => ({ protocol, source, destination, port });
const keyOf = ({ host, source, destination, protocol, port }: MatrixAttempt): string =>
  `${host} ${source} ${destination} ${protocol} ${port}`;

async function tryAll(
  attempts: readonly MatrixAttempt[],
  ask: (host: string, own: readonly MatrixAttempt[]) => Promise<readonly AttemptOutcome[]>,
): Promise<readonly Tried[]> {
  const byHost = grouped(attempts, ({ host }) => [host]);
  const answered = await Promise.all([...byHost].map(async ([host, own]) => ({ own, outcomes: await ask(host, own) })));
  return answered.flatMap(({ own, outcomes }) => own.map((attempt, index) => ({ ...attempt, ...(outcomes[index] ?? UNTRIED) })));
}

const UNTRIED: AttemptOutcome = { reached: 'untried', by: 'the prober did not say' };

async function askHost(
  fabric: Fabric,
  signal: AbortSignal,
  host: string,
  program: string,
  request: ProbeRequest,
): Promise<readonly AttemptOutcome[]> {
  const input = `globalThis.request = ${JSON.stringify(request)};\n${program}`;
  // A signal of its own for each host: so many listeners on one would count as a leak.
  const options = { input, timeoutMs: EXEC_TIMEOUT_MS, signal: AbortSignal.any([signal]) };
  const { exitCode, stdout, stderr } = await fabric.exec(host, [NODE, '--input-type=module', '-'], options);
  if (exitCode === 0) return readJson(z.array(own<AttemptOutcome>()), stdout, `what the prober on ${host} found`);
  throw new WorldError(`the prober on ${host} ended with ${exitCode}`, { cause: stderr.slice(0, 2000), hint: 'see `citydc status`' });
}

/** Whether an attempt is repeated. A denied packet that got through is not: it got through. */
const mayBeLost = ({ allowed, reached }: Tried): boolean => reached === 'untried' || (allowed && reached === 'silent');

/** Whether an attempt did not end as the matrix says; one that could not be tried disagrees, too. */
export const disagrees = ({ allowed, reached }: Tried): boolean => reached !== (allowed ? 'reached' : 'silent');

function problemOf({ host, from, to, source, destination, towards, protocol, port, allowed, by, reached }: Tried): Problem {
  const what = protocol === 'icmp' ? 'icmp echo' : `${protocol} ${port}`;
  const demand = allowed ? 'is allowed' : 'is denied';
  const found = reached === 'reached' ? 'reached it' : reached === 'silent' ? 'did not reach it' : 'could not be tried';
  return {
    rule: 'segmentation',
    path: `${from} → ${to}`,
    message: `${what} from ${host} (${source}) to ${towards} (${destination}) ${demand} and ${found} (${by})`,
    hint: `see which rule decides: \`citydc check\` judges the rendered rules, \`citydc exec ${host} -- nft list ruleset\` shows the active ones`,
  };
}
