/** What a cut means: as data, and in a sentence for people. */

import { type City, type Endpoint, nodeName, type System } from '../model.js';
import type { Cut } from './cuts.js';

/** Offices that lose the same systems. */
export interface Loss {
  /** Their short names, in the order of their numbers. */
  readonly offices: readonly string[];
  /** How many systems they lose. */
  readonly systems: number;
  /** Which those are: all of the city's, or all of one kind. */
  readonly of: LostKind;
}
export type LostKind = 'all' | System['state'];

/** Who loses what; by kinds of systems where they differ; empty when nothing is lost. */
export function lossesOf(city: City, cut: Cut): readonly Loss[] {
  const kinds = STATES.map(state => ({ offices: cut[state], systems: countOf(city, state), of: state })).filter(
    ({ systems }) => systems > 0,
  );
  const [first, ...others] = kinds;
  if (first === undefined) return [];
  const alike = others.every(({ offices }) => sameOffices(offices, first.offices));
  const distinct = alike ? [{ offices: first.offices, systems: city.systems.length, of: 'all' as const }] : kinds;
  return distinct.filter(({ offices }) => offices.length > 0).map(loss => ({ ...loss, offices: loss.offices.map(nodeName) }));
}

/** Everybody who loses something, once. */
export const officesIn = (losses: readonly Loss[]): readonly string[] => [...new Set(losses.flatMap(({ offices }) => offices))];

const STATES = ['none', 'database'] as const satisfies readonly System['state'][];

const countOf = ({ systems }: City, state: System['state']): number => systems.filter(system => system.state === state).length;

const sameOffices = (a: readonly Endpoint[], b: readonly Endpoint[]): boolean =>
  a.length === b.length && a.every((office, index) => office === b[index]);

/** The parts of a sentence about losses, in one language. */
export interface LossWords {
  /** `14 offices lose`. */
  lose(offices: number): string;
  /** `the 7 systems with a database`. */
  systems(count: number, of: LostKind): string;
  /** `and 11 more`. */
  more(offices: number): string;
}

const KINDS = { all: '', none: ' without a database', database: ' with a database' } as const satisfies Record<LostKind, string>;

const ENGLISH: LossWords = {
  lose: offices => (offices === 1 ? '1 office loses' : `${offices} offices lose`),
  systems: (count, of) => (count === 1 ? `the one system${KINDS[of]}` : `${of === 'all' ? 'all' : 'the'} ${count} systems${KINDS[of]}`),
  more: offices => `and ${offices} more`,
};

const SHOWN = 3;

/** `14 offices lose all 10 systems: e77, e78, e79 and 11 more`; empty when nothing is lost. */
export const describeLosses = (losses: readonly Loss[], words: LossWords = ENGLISH): string =>
  losses
    .map(({ offices, systems, of }) => `${words.lose(offices.length)} ${words.systems(systems, of)}: ${listed(offices, words)}`)
    .join('; ');

function listed(offices: readonly string[], { more }: LossWords): string {
  const names = offices.slice(0, SHOWN).join(', ');
  return offices.length > SHOWN ? `${names} ${more(offices.length - SHOWN)}` : names;
}
