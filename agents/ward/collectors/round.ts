/** One round of all collectors, one after the other: together they would cost more memory at once. */

import { inTime } from '../../contract/in-time.js';
import type { CpuTimes, Look, OfficeMachine } from './collector.js';
import { COLLECTOR_NAMES, COLLECTORS, type CollectorName } from './table.js';

/** How long a collector may take. */
const COLLECTOR_DEADLINE_MS = 5000;

/** What came of one collector. Only plain data: it travels between processes. */
export interface CollectorOutcome extends Look {
  readonly durationSeconds: number;
  /** Why it does not know; undefined when it does. */
  readonly trouble?: string;
}
export type Round = Readonly<Record<CollectorName, CollectorOutcome>>;

/** What every collector found. Never throws: a collector that fails or takes too long says so in its outcome. */
export async function takeRound(machine: OfficeMachine): Promise<Round> {
  const outcomes: [string, CollectorOutcome][] = [];
  for (const name of COLLECTOR_NAMES) outcomes.push([name, await outcomeOf(COLLECTORS[name].collect(machine))]);
  return Object.fromEntries(outcomes) as Round;
}

/** The round of a process that did not come back with one. */
export const failedRound = (trouble: string): Round =>
  Object.fromEntries(COLLECTOR_NAMES.map(name => [name, { found: {}, durationSeconds: 0, trouble }])) as unknown as Round;

/** What a round saw of the processors, for the next one to compare with. */
export const cpuSeen = ({ cpu }: Round): CpuTimes | undefined => cpu.cpu;

/** Whatever a look does, as an outcome. */
export async function outcomeOf(looking: Promise<Look>): Promise<CollectorOutcome> {
  const startedMs = performance.now();
  const looked = await inTime(COLLECTOR_DEADLINE_MS, looking, 'no answer in time')
    .then(checked)
    .catch((error: Error) => ({ found: {}, trouble: error.message }));
  return { ...looked, durationSeconds: (performance.now() - startedMs) / 1000 };
}

/** systeminformation parses what programs print: a number that is none must not become a sample. */
function checked(look: Look): Look {
  const wrong = Object.entries(look.found).find(([, value]) => !Number.isFinite(value) || value < 0);
  if (wrong !== undefined) throw new Error(`${wrong[0]} is ${wrong[1]}`);
  return look;
}
