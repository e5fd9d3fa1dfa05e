/** What a chain does with packets: rule by rule, as the kernel does, and for whole sets of packets at once. */

import type { Family } from '../../city/addresses.js';
import { ANY_ADDRESS, ANY_PORT, ANY_SERVICE, ANY_STATE, allOf, services } from '../sets/packets.js';
import { type Region, split } from '../sets/region.js';
import { intersect, type Spans, spansOf, subtract } from '../sets/spans.js';
import type { Devices } from './devices.js';
import type { FilterChain, FilterRule, Match } from './ruleset.js';

/** A rule, and the packets of one family that it matches. */
export interface Judge {
  readonly rule: FilterRule;
  /** Its place in the chain. */
  readonly at: number;
  readonly region: Region;
}

/** A chain as it meets one family: rules of the other are not in it. */
export interface Judges {
  readonly chain: FilterChain;
  readonly judges: readonly Judge[];
}

/** Chains as regions, for one city's devices; a rule that many hosts have is worked out once. */
export function compiler(devices: Devices): (chain: FilterChain, family: Family) => Judges {
  const known = { v4: new Map<FilterRule, Region | false>(), v6: new Map<FilterRule, Region | false>() };
  const regionFor = (rule: FilterRule, family: Family): Region | false => {
    const found = known[family].get(rule) ?? regionOf(rule, family, devices) ?? false;
    known[family].set(rule, found);
    return found;
  };
  return (chain, family) => ({
    chain,
    judges: chain.rules.flatMap((rule, at) => {
      const region = regionFor(rule, family);
      return region === false ? [] : [{ rule, at, region }];
    }),
  });
}

/** Every packet of a family. */
export const everything = (family: Family, devices: Devices): Region => ({
  service: ANY_SERVICE,
  source: ANY_ADDRESS[family],
  destination: ANY_ADDRESS[family],
  enters: devices.all,
  leaves: devices.all,
  sourcePort: ANY_PORT,
  state: ANY_STATE,
});

/** The packets of one family that a rule matches; undefined when there are none. */
function regionOf({ matches }: FilterRule, family: Family, devices: Devices): Region | undefined {
  let region = everything(family, devices);
  for (const match of matches) {
    const narrowed = narrow(match, family, devices)?.(region);
    if (narrowed === undefined || Object.values(narrowed).some(spans => spans.length === 0)) return undefined;
    region = { ...region, ...narrowed };
  }
  return region;
}

type Narrowed = (region: Region) => Partial<Region>;

/** What a match leaves of a region; undefined when it is of the other family. */
function narrow(match: Match, family: Family, devices: Devices): Narrowed | undefined {
  const lines = (line: keyof Region, spans: Spans, not = false): Narrowed => {
    return region => ({ [line]: not ? subtract(region[line], spans) : intersect(region[line], spans) });
  };
  switch (match.of) {
    case 'device':
      return lines(match.line, spansOf(match.names.flatMap(devices.named)), match.not);
    case 'address':
      return match.family === family ? lines(match.line, match.spans, match.not) : undefined;
    case 'icmp':
      return match.family === family
        ? region => ({ service: intersect(region.service, match.not ? subtract(allOf('icmp'), match.types) : match.types) })
        : undefined;
    case 'family':
      return match.family === family ? () => ({}) : undefined;
    case 'state':
      return lines('state', match.states, match.not);
    case 'port':
      return region => portsOf(match, region);
  }
}

/** A port also demands its protocol. */
function portsOf({ line, protocol, ports, not }: Extract<Match, { of: 'port' }>, region: Region): Partial<Region> {
  const ofProtocol = intersect(region.service, allOf(protocol));
  if (line === 'service') {
    const named = services(protocol, ports);
    return { service: not ? subtract(ofProtocol, named) : intersect(ofProtocol, named) };
  }
  const named = spansOf(ports.map(([first, last]) => [first, last + 1]));
  return { service: ofProtocol, sourcePort: not ? subtract(region.sourcePort, named) : intersect(region.sourcePort, named) };
}

/** A part of a set of packets with what decided of it, and how. */
export interface Decided {
  readonly region: Region;
  readonly verdict: 'accept' | 'drop';
  /** Undefined: the policy of the chain. */
  readonly rule: FilterRule | undefined;
}

/** What becomes of a set of packets, in parts that are apart, in the order of the rules. */
export function decideAll({ chain, judges }: Judges, packets: Region): readonly Decided[] {
  const decided: Decided[] = [];
  let open: readonly Region[] = [packets];
  for (const { rule, region } of judges) {
    const next: Region[] = [];
    for (const piece of open) {
      const parts = split(piece, region);
      if (parts === undefined) next.push(piece);
      else {
        decided.push({ region: parts.both, verdict: asVerdict(rule), rule });
        next.push(...parts.outside);
      }
    }
    open = next;
    if (open.length === 0) return decided;
  }
  return [...decided, ...open.map(region => ({ region, verdict: chain.policy, rule: undefined }))];
}

/** `masquerade` counts as accept. */
const asVerdict = ({ verdict }: FilterRule): 'accept' | 'drop' => (verdict === 'drop' ? 'drop' : 'accept');
