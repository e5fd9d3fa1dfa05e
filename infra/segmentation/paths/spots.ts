/** Where packets meet rules: one chain of one host, between two of its devices. Spots with the same rules are one. */

import type { Family } from '../../city/addresses.js';
import { remembered } from '../../city/once.js';
import type { Judges } from '../nftables/evaluate.js';
import type { Filters } from '../nftables/filters.js';
import type { FilterRule } from '../nftables/ruleset.js';
import { meet, type Spans } from '../sets/spans.js';
import type { WayStep } from './ways.js';

export interface Spot {
  /** Equal where the rules are. */
  readonly id: number;
  readonly enters: Spans;
  readonly leaves: Spans;
  /** The rules that packets between these devices can meet. */
  readonly judges: Judges;
}

/** The spot of a step; undefined where nothing filters. */
export function spotsOf({ hosts, devices }: Filters, family: Family): (step: WayStep) => Spot | undefined {
  const idOf = numbers<FilterRule>();
  const idOfList = numbers<string>();
  const device = (name: string | undefined): Spans => (name === undefined ? devices.none : devices.named(name));
  const find = ({ host, hook, enters, leaves }: WayStep): Spot | undefined => {
    const all = hosts.get(host)?.at(family, hook);
    if (all === undefined) return undefined;
    const ends = { enters: device(enters), leaves: device(leaves) };
    const judges = all.judges.filter(({ region }) => meet(region.enters, ends.enters) && meet(region.leaves, ends.leaves));
    const id = idOfList(`${all.chain.policy} ${judges.map(({ rule }) => idOf(rule))}`);
    return { id, ...ends, judges: { chain: all.chain, judges } };
  };
  return remembered(find, ({ host, hook, enters, leaves }) => `${host} ${hook} ${enters} ${leaves}`);
}

/** Numbers what it is given from 0: the same again gets the same number. */
function numbers<T>(): (each: T) => number {
  let count = 0;
  return remembered(() => count++);
}
