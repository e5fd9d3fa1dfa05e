/** Rules that can never decide: those before them in their chain take every packet that they match. Exact. */

import { FAMILIES } from '../../city/addresses.js';
import type { Problem } from '../../city/problem.js';
import type { Topology } from '../../site/topology.js';
import type { Devices } from '../nftables/devices.js';
import type { Judge } from '../nftables/evaluate.js';
import { type Filters, type HostFilter, pathOfHost } from '../nftables/filters.js';
import { common, isCovered, type Region, touches } from '../sets/region.js';
import { FILTERED, type Filtered, packetsAt } from './admitted.js';

/** One problem for every rule that can never decide on a host. */
export const shadowedRules = (topology: Topology, { hosts, devices }: Filters): readonly Problem[] =>
  [...hosts.values()].flatMap(host => FILTERED.flatMap(hook => shadowedAt(topology, devices, host, hook)));

function shadowedAt(topology: Topology, devices: Devices, host: HostFilter, hook: Filtered): readonly Problem[] {
  const idle = FAMILIES.map(family => idleRules(host.at(family, hook)?.judges ?? [], packetsAt(hook, family, devices, host.devices)));
  const rules = host.at('v4', hook)?.chain.rules ?? [];
  return rules.flatMap((rule, at) => {
    const found = idle.map(each => each.get(at));
    // A rule that is of one family only is judged in that one.
    if (found.some(each => each === 'decides')) return [];
    const why = found.find(each => each !== undefined) ?? 'no packet matches all that it demands';
    return [
      {
        rule: 'segmentation',
        path: pathOfHost(topology, host.machine.name),
        message: `${host.machine.name}: a rule of chain ${hook} can never decide: '${rule.text}'; ${why}`,
        hint: 'remove it, or move it before what takes its packets',
      },
    ];
  });
}

/** What each rule of a chain is: one that decides something, or why it does not. */
function idleRules(judges: readonly Judge[], all: Region): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  judges.forEach(({ at, region }, index) => {
    const here = common(region, all);
    if (here === undefined) found.set(at, 'no packet that it matches comes by there');
    else {
      const before = judges.slice(0, index).filter(judge => touches(judge.region, here));
      found.set(at, covers(before, here) ? `what it matches is taken before by ${named(fewest(before, here))}` : 'decides');
    }
  });
  return found;
}

const covers = (judges: readonly Judge[], region: Region): boolean =>
  isCovered(
    region,
    judges.map(judge => judge.region),
  );

/** Of rules that cover a region, some that already do: none of them can be spared. */
const fewest = (judges: readonly Judge[], region: Region): readonly Judge[] =>
  judges.reduce((kept, judge) => {
    const others = kept.filter(each => each !== judge);
    return covers(others, region) ? others : kept;
  }, judges);

const named = (judges: readonly Judge[]): string => judges.map(({ rule }) => `'${rule.text}'`).join(', ');
