/** The changes that terraform plans, as steps of an `up`. Pure. */

import type { City } from '../../city/model.js';
import type { HostChange } from '../../fabric/convergence/host-change.js';
import type { Step } from '../../fabric/convergence/plan.js';
import type { Wire } from '../../site/host.js';
import type { HostGroup } from '../ready.js';
import { siteSteps } from './site-steps.js';
import { containerAddress, type ResourceChanges } from './terraform.js';

export interface Planned {
  readonly city: Pick<City, 'sites'>;
  readonly groups: readonly HostGroup[];
  readonly wires: readonly Wire[];
  readonly goneHosts: readonly string[];
  readonly changes: ResourceChanges;
  /** Files that arrive at hosts, whatever becomes of their containers. */
  readonly arriving: readonly HostChange[];
}

/**
 * The steps in the order of `up`: containers of several sites site by site, then all else. Hosts that are made, or made anew, take their
 * files when they start.
 */
export function stepsOf({ city, groups, wires, goneHosts, changes, arriving }: Planned): readonly Step[] {
  const hosts = groups.flatMap(group => group.hosts.map(({ name }) => name));
  const among = (addresses: readonly string[], names: readonly string[]) =>
    names.filter(name => addresses.includes(containerAddress(name)));
  const inTurn = siteSteps(city, groups, changes.replace).map(addresses => among(addresses, hosts));
  const [created, gone] = [among(changes.create, hosts), among(changes.destroy, goneHosts)];
  const replaced = among(changes.replace, hosts).filter(name => !inTurn.flat().includes(name));
  const starting = new Set([...created, ...replaced, ...inTurn.flat()]);
  const stay = arriving.filter(({ host }) => !starting.has(host));
  const steps: readonly Step[] = [
    ...inTurn.flatMap((names): readonly Step[] => [
      { do: 'replace-hosts', hosts: names },
      { do: 'await-steady', after: names },
    ]),
    { do: 'remove-hosts', hosts: gone },
    { do: 'create-hosts', hosts: created, wires: wires.filter(({ ends }) => ends.some(({ host }) => created.includes(host))) },
    { do: 'replace-hosts', hosts: replaced },
    { do: 'change-hosts', site: undefined, hosts: stay.filter(({ site }) => site === undefined) },
    ...groups
      .filter(({ isSite }) => isSite)
      .map(({ name }): Step => ({ do: 'change-hosts', site: name, hosts: stay.filter(({ site }) => site === name) })),
  ];
  return steps.filter(step => !('hosts' in step) || step.hosts.length > 0);
}

/** The address of a group's configuration container. */
const layerAddress = ({ name }: Pick<HostGroup, 'name'>): string => containerAddress(`${name}-laid`);

/** Groups whose hosts are notified although no file differs here: the last `up` did not come so far, or a secret has changed. */
export function notifiedAgain({ groups, changes, arriving }: Pick<Planned, 'groups' | 'changes' | 'arriving'>): readonly string[] {
  const made = new Set([...changes.replace, ...changes.create]);
  const differs = new Set([...arriving.map(({ host }) => containerAddress(host)), ...made]);
  return groups
    .filter(group => made.has(layerAddress(group)) && !group.hosts.some(({ name }) => differs.has(containerAddress(name))))
    .map(({ name }) => name);
}

/** The changes that make everything of a city anew, as a new image may require. */
export const allReplaced = (before: ReadonlySet<string>, groups: readonly HostGroup[], goneHosts: readonly string[]): ResourceChanges => {
  const hosts = groups.flatMap(group => group.hosts.map(({ name }) => name));
  return {
    create: hosts.filter(name => !before.has(name)).map(containerAddress),
    update: [],
    replace: hosts.filter(name => before.has(name)).map(containerAddress),
    destroy: goneHosts.map(containerAddress),
  };
};
