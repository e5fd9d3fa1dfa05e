/** What a cut means, in a sentence for people. */

import { type City, type Endpoint, nodeName, type System } from '../model.js';
import type { Cut } from './cuts.js';

const SHOWN = 3;

/** `14 offices lose all 10 systems: e77, e78, e79 and 11 more`; by kinds of systems where they differ; empty when nothing is lost. */
export function losses(city: City, cut: Cut): string {
  const kinds = STATES.map(([state, of]) => ({ offices: cut[state], systems: countOf(city, state), of }));
  const [first, ...others] = kinds.filter(({ systems }) => systems > 0);
  if (first === undefined) return '';
  const all = { ...first, systems: city.systems.length, of: '' };
  const told = others.every(({ offices }) => sameOffices(offices, first.offices)) ? [all] : [first, ...others];
  return told
    .filter(({ offices }) => offices.length > 0)
    .map(({ offices, systems, of }) => `${lose(offices)} ${named(systems, of)}: ${listed(offices)}`)
    .join('; ');
}

const STATES = [
  ['none', ' without a database'],
  ['database', ' with a database'],
] as const satisfies readonly (readonly [System['state'], string])[];

const named = (systems: number, of: string): string =>
  systems === 1 ? `the one system${of}` : `${of === '' ? 'all' : 'the'} ${systems} systems${of}`;

const countOf = ({ systems }: City, state: System['state']): number => systems.filter(system => system.state === state).length;

const lose = ({ length }: readonly Endpoint[]): string => (length === 1 ? '1 office loses' : `${length} offices lose`);

const sameOffices = (a: readonly Endpoint[], b: readonly Endpoint[]): boolean =>
  a.length === b.length && a.every((office, index) => office === b[index]);

function listed(offices: readonly Endpoint[]): string {
  const names = offices.slice(0, SHOWN).map(nodeName);
  return offices.length > SHOWN ? `${names.join(', ')} and ${offices.length - SHOWN} more` : names.join(', ');
}
