import { entriesOf } from '../evidence/chain.js';
import type { Evidence } from '../evidence/evidence.js';
import type { JournalReading } from '../evidence/journal.js';
import type { Verdict } from './verdict.js';

/** Why a verdict on stored evidence is not reliable, in technical words; empty when the run is closed with that verdict. Pure. */
export function doubtsOf({ journal }: Pick<Evidence, 'journal'>, verdict: Verdict): readonly string[] {
  const damage = damageOf(journal);
  if (damage !== undefined) return [damage];
  const [closed] = entriesOf(journal.entries, 'closed');
  if (closed === undefined)
    return ['it is not closed: it still runs, or was killed (next: citydc drill recover), or its journal lost its end'];
  return [
    ...(closed.verdict === verdict
      ? []
      : [`it was closed as ${closed.verdict}, and is judged ${verdict} now: the evidence was changed, or the judge was`]),
    ...machineDoubts(journal),
  ];
}

/** Evidence from before the machine was watched is judged as it was then. */
const machineDoubts = ({ entries }: JournalReading): readonly string[] =>
  entriesOf(entries, 'opened')[0]?.plan.sentinels === undefined
    ? ['how late the machine was, was not measured: an outage in it may be the machine’s, not the city’s']
    : [];

/** What is wrong with the journal, or with the one that it replaces; undefined when it is whole. Pure. */
export function damageOf({ entries, problem }: JournalReading): string | undefined {
  if (problem !== undefined) return `its journal is damaged: ${problem}`;
  const [damaged] = entriesOf(entries, 'damaged');
  return damaged && `its journal was damaged (${damaged.problem}) and set aside as ${damaged.aside}`;
}
