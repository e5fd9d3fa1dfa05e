/** What the database cluster says of itself, asked through a Fabric. */

import * as z from 'zod';
import { WorldError } from '../city/problem.js';
import { SWITCHOVER_PATH } from '../site/programs/patroni.js';
import type { Fabric } from './fabric.js';

const members = z.object({
  members: z.array(
    z.object({ name: z.string(), role: z.string(), state: z.string(), timeline: z.union([z.int(), z.string()]).optional() }),
  ),
});

/** A host of the cluster, and where its Patroni answers: `http://address:8008`. */
export interface DatabaseHost {
  readonly host: string;
  readonly url: string;
}

export interface Cluster {
  readonly leader: string | undefined;
  /** 0 when nobody leads. */
  readonly timeline: number;
  /** Hosts in `/sync` that are streaming. */
  readonly synchronous: readonly string[];
}

/** The cluster as the first database host that answers sees it. @throws {WorldError} when none does */
export async function readCluster(fabric: Fabric, databases: readonly DatabaseHost[]): Promise<Cluster> {
  const parsed = members.safeParse(parseJson(await ask(fabric, databases, '/cluster')));
  if (!parsed.success) throw new WorldError('Patroni answers something else than its cluster', { hint: 'see `citydc status`' });
  const all = parsed.data.members;
  const leader = all.find(({ role, state }) => role === 'leader' && state === 'running');
  return {
    leader: leader?.name,
    timeline: Number(leader?.timeline ?? 0),
    synchronous: all
      .filter(({ role, state }) => role === 'sync_standby' && ['running', 'streaming'].includes(state))
      .map(({ name }) => name),
  };
}

/** Patroni's history of timelines, as it is written. @throws {WorldError} when no database host answers */
export const readHistory = (fabric: Fabric, databases: readonly DatabaseHost[]): Promise<string> => ask(fabric, databases, '/history');

/**
 * Hands the lead back to one of the wanted hosts, when another leads and one of them is synchronous.
 *
 * @returns whether it was handed over
 */
export async function handBack(fabric: Fabric, databases: readonly DatabaseHost[], wanted: readonly string[]): Promise<boolean> {
  const { leader, synchronous } = await readCluster(fabric, databases);
  const candidate = wanted.find(host => synchronous.includes(host));
  if (leader === undefined || candidate === undefined || wanted.includes(leader) || synchronous.length < databases.length - 1) return false;
  await switchOver(fabric, leader, candidate);
  return true;
}

/** Hands the lead over by plan; on return Patroni has done it. @throws {WorldError} with Patroni's words when it refuses */
export async function switchOver(fabric: Fabric, leader: string, candidate: string): Promise<void> {
  const { exitCode, stdout, stderr } = await fabric.exec(leader, [SWITCHOVER_PATH, leader, candidate], { timeoutMs: 45_000 });
  if (exitCode === 0 && /^Successfully/.test(stdout)) return;
  throw new WorldError(`Patroni did not hand over from ${leader} to ${candidate}`, {
    cause: (stdout || stderr).trim(),
    hint: 'see `citydc status`',
  });
}

async function ask(fabric: Fabric, databases: readonly DatabaseHost[], path: string): Promise<string> {
  const problems: string[] = [];
  for (const { host, url } of databases) {
    const answer = await fabric
      .exec(host, ['curl', '-sf', '-m', '3', `${url}${path}`], { timeoutMs: 10_000 })
      .catch((error: Error) => error);
    if (!(answer instanceof Error) && answer.exitCode === 0) return answer.stdout;
    problems.push(`${host}: ${answer instanceof Error ? answer.message : `curl exits ${answer.exitCode}`}`);
  }
  throw new WorldError(`no database host answers ${path}`, { cause: problems.join('; '), hint: 'see `citydc status`' });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
