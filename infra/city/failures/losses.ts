/** What a cut means, in a sentence for people. */

import { type City, type Endpoint, nodeName, type System } from '../model.js';
import type { Cut } from './cuts.js';

const SHOWN = 3;

/** `14 offices lose all 10 systems: e77, e78, e79 and 11 more`; by kinds of systems where they differ; empty when nothing is lost. */
export function losses(city: City, { none, database }: Cut): string {
  const states = [
    { offices: none, systems: countOf(city, 'none'), of: 'without a database' },
    { offices: database, systems: countOf(city, 'database'), of: 'with a database' },
  ].filter(({ offices, systems }) => offices.length > 0 && systems > 0);
  const [first, second] = states;
  if (first !== undefined && second !== undefined && sameOffices(first.offices, second.offices))
    return `${lose(first.offices)} all ${city.systems.length} systems: ${listed(first.offices)}`;
  return states.map(({ offices, systems, of }) => `${lose(offices)} the ${systems} systems ${of}: ${listed(offices)}`).join('; ');
}

const countOf = ({ systems }: City, state: System['state']): number => systems.filter(system => system.state === state).length;

const lose = ({ length }: readonly Endpoint[]): string => (length === 1 ? '1 office loses' : `${length} offices lose`);

const sameOffices = (a: readonly Endpoint[], b: readonly Endpoint[]): boolean =>
  a.length === b.length && a.every((office, index) => office === b[index]);

function listed(offices: readonly Endpoint[]): string {
  const names = offices.slice(0, SHOWN).map(nodeName);
  return offices.length > SHOWN ? `${names.join(', ')} and ${offices.length - SHOWN} more` : names.join(', ');
}
