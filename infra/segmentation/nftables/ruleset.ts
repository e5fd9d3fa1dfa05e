/** nftables' rules as data: only what our filters are written in. */

import type { Family } from '../../city/addresses.js';
import type { Protocol } from '../sets/packets.js';
import type { Spans } from '../sets/spans.js';

export const HOOKS = ['input', 'forward', 'output', 'postrouting'] as const;
export type Hook = (typeof HOOKS)[number];
export const VERDICTS = ['accept', 'drop', 'masquerade'] as const;
type Verdict = (typeof VERDICTS)[number];

/** What a rule demands of a packet. */
export type Match =
  | { readonly of: 'device'; readonly line: 'enters' | 'leaves'; readonly names: readonly string[]; readonly not: boolean }
  | {
      readonly of: 'address';
      readonly line: 'source' | 'destination';
      readonly family: Family;
      readonly spans: Spans;
      readonly not: boolean;
    }
  | {
      readonly of: 'port';
      readonly line: 'service' | 'sourcePort';
      readonly protocol: Exclude<Protocol, 'icmp'>;
      readonly ports: readonly (readonly [number, number])[];
      readonly not: boolean;
    }
  | { readonly of: 'icmp'; readonly family: Family; readonly types: Spans; readonly not: boolean }
  | { readonly of: 'family'; readonly family: Family }
  | { readonly of: 'state'; readonly states: Spans; readonly not: boolean };

export interface FilterRule {
  /** As it stands in the file. */
  readonly text: string;
  readonly matches: readonly Match[];
  readonly verdict: Verdict;
}

export interface FilterChain {
  readonly name: string;
  readonly type: 'filter' | 'nat';
  readonly hook: Hook;
  readonly policy: 'accept' | 'drop';
  readonly rules: readonly FilterRule[];
}

export interface Ruleset {
  readonly chains: readonly FilterChain[];
}

/** The chain that filters at a hook. */
export const filterAt = ({ chains }: Ruleset, hook: Hook): FilterChain | undefined =>
  chains.find(chain => chain.type === 'filter' && chain.hook === hook);
