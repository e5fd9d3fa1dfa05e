/** Where packets meet rules: one chain of one host, between two of its devices. Spots with the same rules are one. */

import type { Family } from '../../city/addresses.js';
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
  const ids = new Map<FilterRule, number>();
  const lists = new Map<string, number>();
  const idOf = (rule: FilterRule): number => {
    const id = ids.get(rule) ?? ids.size;
    ids.set(rule, id);
    return id;
  };
  const known = new Map<string, Spot | undefined>();
  const device = (name: string | undefined): Spans => (name === undefined ? devices.none : devices.named(name));
  const find = ({ host, hook, enters, leaves }: WayStep): Spot | undefined => {
    const all = hosts.get(host)?.at(family, hook);
    if (all === undefined) return undefined;
    const ends = { enters: device(enters), leaves: device(leaves) };
    const judges = all.judges.filter(({ region }) => meet(region.enters, ends.enters) && meet(region.leaves, ends.leaves));
    const rules = `${all.chain.policy} ${judges.map(({ rule }) => idOf(rule))}`;
    const id = lists.get(rules) ?? lists.size;
    lists.set(rules, id);
    return { id, ...ends, judges: { chain: all.chain, judges } };
  };
  return step => {
    const key = `${step.host} ${step.hook} ${step.enters} ${step.leaves}`;
    if (!known.has(key)) known.set(key, find(step));
    return known.get(key);
  };
}
