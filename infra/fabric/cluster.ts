/** The database cluster as Patroni reports it, read through a Fabric, and its planned switchover. */

import * as z from 'zod';
import { readJson } from '../city/json.js';
import { WorldError } from '../city/problem.js';
import { SWITCHOVER_PATH } from '../site/programs/patroni.js';
import { PATRONI } from '../site/programs/patroni-scripts.js';
import type { Fabric } from './fabric.js';

const members = z.object({
  members: z.array(
    z.object({ name: z.string(), role: z.string(), state: z.string(), timeline: z.union([z.int(), z.string()]).optional() }),
  ),
});

/** A host of the cluster, and the URL of its Patroni: `https://s1-database1:8008`. */
export interface DatabaseHost {
  readonly host: string;
  readonly url: string;
}

/** The state of the cluster; hosts by name. */
export interface Cluster {
  readonly leader: string | undefined;
  /** 0 when there is no leader. */
  readonly timeline: number;
  /** Hosts that Patroni lists as synchronous standbys, running or streaming. */
  readonly synchronous: readonly string[];
}

/** The cluster as the first database host that answers sees it. @throws {WorldError} when none does */
export async function readCluster(fabric: Fabric, databases: readonly DatabaseHost[]): Promise<Cluster> {
  const answer = await ask(fabric, databases, '/cluster');
  const { members: all } = readJson(members, answer, "Patroni's answer to /cluster", 'see `citydc status`');
  const leader = all.find(({ role, state }) => role === 'leader' && state === 'running');
  return {
    leader: leader?.name,
    timeline: Number(leader?.timeline ?? 0),
    synchronous: all
      .filter(({ role, state }) => role === 'sync_standby' && ['running', 'streaming'].includes(state))
      .map(({ name }) => name),
  };
}

/** Patroni's history of timelines, as the JSON text that it sends. @throws {WorldError} when no database host answers */
export const readHistory = (fabric: Fabric, databases: readonly DatabaseHost[]): Promise<string> => ask(fabric, databases, '/history');

/**
 * Makes one of the wanted hosts the leader, when another leads and all other hosts are synchronous standbys.
 *
 * @returns whether it did; false when a wanted host leads already, or none can take over yet
 */
export async function handBack(fabric: Fabric, databases: readonly DatabaseHost[], wanted: readonly string[]): Promise<boolean> {
  const { leader, synchronous } = await readCluster(fabric, databases);
  const candidate = wanted.find(host => synchronous.includes(host));
  if (leader === undefined || candidate === undefined || wanted.includes(leader) || synchronous.length < databases.length - 1) return false;
  await switchOver(fabric, leader, candidate);
  return true;
}

/** A planned switchover; on return the candidate leads. @throws {WorldError} with Patroni's message when it refuses */
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
      .exec(host, ['curl', '-sf', '-m', '3', '-K', PATRONI.curl, `${url}${path}`], { timeoutMs: 10_000 })
      .catch((error: Error) => error);
    if (!(answer instanceof Error) && answer.exitCode === 0) return answer.stdout;
    problems.push(`${host}: ${answer instanceof Error ? answer.message : `curl exits ${answer.exitCode}`}`);
  }
  throw new WorldError(`no database host answers ${path}`, { cause: problems.join('; '), hint: 'see `citydc status`' });
}
