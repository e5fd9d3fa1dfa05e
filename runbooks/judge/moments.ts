import { entriesOf } from '../evidence/chain.js';
import type { Evidence } from '../evidence/evidence.js';
import type { EntryOf } from '../evidence/journal.js';

/** Something that happened, for the report's list. */
export interface Moment {
  readonly atMs: number;
  readonly kind: string;
  readonly detail: string;
}

/** The run's moments, by time. */
export function momentsOf({ journal }: Evidence): readonly Moment[] {
  const { entries } = journal;
  return [
    ...entriesOf(entries, 'transition')
      .filter(({ to }) => to !== 'judge' && to !== 'closed') // they come after the judgement
      .map(({ atMs, to }) => ({ atMs, kind: to, detail: '' })),
    ...entriesOf(entries, 'fault').flatMap(faultMoments),
    ...entriesOf(entries, 'answered').map(({ atMs, everywhere, open }) => ({
      atMs,
      kind: everywhere ? 'answered' : 'not-answered',
      detail: open.join('; '),
    })),
    ...entriesOf(entries, 'healed').map(({ doneAtMs, ids }) => ({ atMs: doneAtMs, kind: 'healed', detail: ids.join(', ') })),
    ...entriesOf(entries, 'switchover').map(({ doneAtMs, leader, candidate }) => ({
      atMs: doneAtMs,
      kind: 'switched',
      detail: `${leader} → ${candidate}`,
    })),
    ...entriesOf(entries, 'steady').map(({ atMs, checks }) => ({ atMs, kind: 'steady', detail: String(checks) })),
    ...entriesOf(entries, 'broken-off').map(({ atMs, reason }) => ({ atMs, kind: 'broken-off', detail: reason })),
  ].toSorted((a, b) => a.atMs - b.atMs);
}

const faultMoments = ({ beganAtMs, doneAtMs, id, hosts, means }: EntryOf<'fault'>): readonly Moment[] => [
  { atMs: beganAtMs, kind: 'fault-begins', detail: `${hosts.length}: ${hosts.join(', ')}` },
  { atMs: doneAtMs, kind: 'fault-active', detail: `${id}, ${means}` },
];
