/** What `up` does, in order, as data: printed by `up --plan`, carried out by `up`. Pure. */

import { grouped } from '../../city/grouped.js';
import type { Host, Wire } from '../../site/host.js';
import type { AgentProcess, Changes } from './changes.js';
import { type HostChange, isDisturbing } from './host-change.js';

/** A step on the city itself. */
export type Step =
  | { readonly do: 'remove-wires'; readonly wires: readonly Wire[] }
  | { readonly do: 'remove-hosts'; readonly hosts: readonly string[] }
  | { readonly do: 'lay-wires'; readonly wires: readonly Wire[] }
  /** Hosts with all wires that end at one of them. */
  | { readonly do: 'create-hosts'; readonly hosts: readonly string[]; readonly wires: readonly Wire[] }
  /** Docker: hosts that are made anew over their data. */
  | { readonly do: 'replace-hosts'; readonly hosts: readonly string[] }
  | { readonly do: 'power-on'; readonly hosts: readonly string[] }
  /** Running hosts that bring new wires up, and stay as they are otherwise. */
  | { readonly do: 'apply-network'; readonly hosts: readonly string[] }
  | { readonly do: 'change-hosts'; readonly site: string | undefined; readonly hosts: readonly HostChange[] }
  /** The city must be well again before the next step: never two sites at a time, never against the quorum. */
  | { readonly do: 'await-well'; readonly after: readonly string[] }
  | { readonly do: 'restart-agents'; readonly agents: readonly AgentProcess[] };

/** What comes before the city itself is touched. */
export type Preparation =
  | { readonly do: 'install-packages'; readonly packages: readonly string[] }
  | { readonly do: 'build-image'; readonly image: string }
  | { readonly do: 'load-image'; readonly image: string; readonly dockerHosts: readonly string[] }
  /** What a killed run or a restart of the machine left. */
  | { readonly do: 'remove-leftovers' }
  | { readonly do: 'start-keeper' };

/** Why `up` would refuse, and the way out. */
export interface Refusal {
  readonly what: string;
  readonly wayOut: string | undefined;
}

/** What an `up` would do. */
export interface UpPlan {
  readonly runs: boolean;
  readonly refusals: readonly Refusal[];
  readonly preparations: readonly Preparation[];
  readonly steps: readonly Step[];
  /** What the steps do not say, and what nobody knows before it is done. */
  readonly notes: readonly string[];
}

/**
 * The steps that bring a running city to what is wanted: what is between sites first, then one site at a time.
 *
 * Wires go before the hosts at their ends; wires between running hosts are laid before new hosts come.
 */
export function planOf(changes: Changes): readonly Step[] {
  const { newHosts, halfMade, goneHosts, goneWires, newWires, stopped, agents } = changes;
  const touches = (names: ReadonlySet<string>) => (wire: Wire) => wire.ends.some(({ host }) => names.has(host));
  const [toNew, toHalfMade] = [touches(namesOf(newHosts)), touches(new Set(halfMade))];
  const steps: readonly Step[] = [
    { do: 'remove-wires', wires: [...goneWires, ...newWires.filter(toHalfMade)] },
    { do: 'remove-hosts', hosts: [...goneHosts, ...halfMade] },
    { do: 'lay-wires', wires: newWires.filter(wire => !toNew(wire)) },
    { do: 'create-hosts', hosts: newHosts.map(({ name }) => name), wires: newWires.filter(toNew) },
    { do: 'power-on', hosts: stopped },
    { do: 'apply-network', hosts: relinked(changes) },
    ...bySite(changes.changedHosts).flatMap(changeSteps),
    { do: 'restart-agents', agents },
  ];
  return steps.filter(step => !isEmpty(step));
}

/** The hosts on which a step ends or restarts something that serves, be it for a moment. */
export function disturbedBy(step: Step): readonly string[] {
  switch (step.do) {
    case 'change-hosts':
      return step.hosts.filter(isDisturbing).map(({ host }) => host);
    case 'remove-hosts':
    case 'replace-hosts':
      return step.hosts;
    case 'remove-wires':
      return step.wires.flatMap(({ ends }) => ends.map(({ host }) => host));
    case 'restart-agents':
      return step.agents.map(({ host }) => host);
    case 'lay-wires':
    case 'create-hosts':
    case 'power-on':
    case 'apply-network':
    case 'await-well':
      return [];
  }
}

const namesOf = (hosts: readonly Pick<Host, 'name'>[]): ReadonlySet<string> => new Set(hosts.map(({ name }) => name));

function isEmpty(step: Step): boolean {
  if (step.do === 'await-well') return false;
  if (step.do === 'restart-agents') return step.agents.length === 0;
  return 'hosts' in step ? step.hosts.length === 0 : step.wires.length === 0;
}

/** Running hosts at the ends of new wires: those come up with their addresses also where the host's files stay as they are. */
function relinked({ newHosts, newWires, changedHosts }: Changes): readonly string[] {
  const others = new Set([...namesOf(newHosts), ...changedHosts.map(({ host }) => host)]);
  return [...new Set(newWires.flatMap(({ ends }) => ends.map(({ host }) => host)))].filter(host => !others.has(host));
}

function changeSteps(hosts: readonly HostChange[]): readonly Step[] {
  const change: Step = { do: 'change-hosts', site: hosts[0]?.site, hosts };
  return hosts.some(isDisturbing) ? [change, { do: 'await-well', after: hosts.map(({ host }) => host) }] : [change];
}

/** Hosts outside sites together, then each site's. */
function bySite(changed: readonly HostChange[]): readonly (readonly HostChange[])[] {
  return [...grouped(changed, ({ site = '' }) => [site])].toSorted(([a], [b]) => a.localeCompare(b)).map(([, group]) => group);
}
