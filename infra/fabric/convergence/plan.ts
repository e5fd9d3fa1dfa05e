/** What `up` does, in order, as data: `up --plan` prints it, `up` carries it out. Pure. */

import { grouped } from '../../city/grouped.js';
import type { Host, Wire } from '../../site/host.js';
import type { AgentProcess, LayoutChanges } from './changes.js';
import { type HostChange, isDisturbing } from './host-change.js';

/** A step on the city itself. */
export type Step =
  | { readonly do: 'remove-wires'; readonly wires: readonly Wire[] }
  | { readonly do: 'remove-hosts'; readonly hosts: readonly string[] }
  | { readonly do: 'lay-wires'; readonly wires: readonly Wire[] }
  /** Hosts with all wires that end at one of them. */
  | { readonly do: 'create-hosts'; readonly hosts: readonly string[]; readonly wires: readonly Wire[] }
  /** Docker: hosts whose container is replaced; their data stays. */
  | { readonly do: 'replace-hosts'; readonly hosts: readonly string[] }
  | { readonly do: 'power-on'; readonly hosts: readonly string[] }
  /** Running hosts that configure new wires and do not change otherwise. */
  | { readonly do: 'apply-network'; readonly hosts: readonly string[] }
  | { readonly do: 'change-hosts'; readonly site: string | undefined; readonly hosts: readonly HostChange[] }
  /** The city must be healthy again before the next step: never two sites at a time, never against the quorum. */
  | { readonly do: 'await-steady'; readonly after: readonly string[] }
  | { readonly do: 'restart-agents'; readonly agents: readonly AgentProcess[] };

/** A step on the machine or the Docker hosts, before the city itself is touched. */
export type Preparation =
  | { readonly do: 'install-packages'; readonly packages: readonly string[] }
  | { readonly do: 'build-image'; readonly image: string }
  | { readonly do: 'load-image'; readonly image: string; readonly dockerHosts: readonly string[] }
  /** What a killed run or a restart of the machine left behind. */
  | { readonly do: 'remove-leftovers' }
  | { readonly do: 'start-keeper' };

/** Why `up` would refuse, and what to do about it. */
export interface Refusal {
  readonly what: string;
  readonly hint: string | undefined;
}

/** What an `up` would do. */
export interface UpPlan {
  /** Whether the city runs already. */
  readonly runs: boolean;
  readonly refusals: readonly Refusal[];
  readonly preparations: readonly Preparation[];
  readonly steps: readonly Step[];
  /** What the steps do not say, and what is not known before they are done. */
  readonly notes: readonly string[];
}

/**
 * The steps that bring a running city to what is wanted: first the network between sites, then one site at a time.
 *
 * Wires are removed before the hosts at their ends; wires between running hosts are laid before new hosts are created.
 */
export function planOf(changes: LayoutChanges): readonly Step[] {
  const { newHosts, unfinished, goneHosts, goneWires, newWires, stopped, agents } = changes;
  const touches = (names: ReadonlySet<string>) => (wire: Wire) => wire.ends.some(({ host }) => names.has(host));
  const [toNew, toUnfinished] = [touches(namesOf(newHosts)), touches(new Set(unfinished))];
  const steps: readonly Step[] = [
    { do: 'remove-wires', wires: [...goneWires, ...newWires.filter(toUnfinished)] },
    { do: 'remove-hosts', hosts: [...goneHosts, ...unfinished] },
    { do: 'lay-wires', wires: newWires.filter(wire => !toNew(wire)) },
    { do: 'create-hosts', hosts: newHosts.map(({ name }) => name), wires: newWires.filter(toNew) },
    { do: 'power-on', hosts: stopped },
    { do: 'apply-network', hosts: relinked(changes) },
    ...bySite(changes.changedHosts).flatMap(changeSteps),
    { do: 'restart-agents', agents },
  ];
  return steps.filter(step => !isEmpty(step));
}

/** The hosts on which a step ends or restarts a service, if only for a moment. */
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
    case 'await-steady':
      return [];
  }
}

const namesOf = (hosts: readonly Pick<Host, 'name'>[]): ReadonlySet<string> => new Set(hosts.map(({ name }) => name));

function isEmpty(step: Step): boolean {
  if (step.do === 'await-steady') return false;
  if (step.do === 'restart-agents') return step.agents.length === 0;
  return 'hosts' in step ? step.hosts.length === 0 : step.wires.length === 0;
}

/** Running hosts at the ends of new wires: they must configure the wires even where none of their files changes. */
function relinked({ newHosts, newWires, changedHosts }: LayoutChanges): readonly string[] {
  const others = new Set([...namesOf(newHosts), ...changedHosts.map(({ host }) => host)]);
  return [...new Set(newWires.flatMap(({ ends }) => ends.map(({ host }) => host)))].filter(host => !others.has(host));
}

function changeSteps(hosts: readonly HostChange[]): readonly Step[] {
  const change: Step = { do: 'change-hosts', site: hosts[0]?.site, hosts };
  return hosts.some(isDisturbing) ? [change, { do: 'await-steady', after: hosts.map(({ host }) => host) }] : [change];
}

/** Hosts outside sites together, then each site's. */
function bySite(changed: readonly HostChange[]): readonly (readonly HostChange[])[] {
  return [...grouped(changed, ({ site = '' }) => [site])].toSorted(([a], [b]) => a.localeCompare(b)).map(([, group]) => group);
}
