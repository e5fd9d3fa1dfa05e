/** What terraform plans, as steps of an `up`. Pure. */

import type { City } from '../../city/model.js';
import type { HostChange } from '../../fabric/convergence/host-change.js';
import type { Step } from '../../fabric/convergence/plan.js';
import type { Wire } from '../../site/host.js';
import type { HostGroup } from '../ready.js';
import { siteSteps } from './site-steps.js';
import { type Changes, containerAddress } from './terraform.js';

export interface Planned {
  readonly city: Pick<City, 'sites'>;
  readonly groups: readonly HostGroup[];
  readonly wires: readonly Wire[];
  readonly goneHosts: readonly string[];
  readonly changes: Changes;
  /** Files that arrive at hosts, whatever becomes of their containers. */
  readonly arriving: readonly HostChange[];
}

/** In the order of `up`: containers of several sites site by site, then all else; hosts that are made or made anew take their files when they start. */
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

/** The address of the container that lays a group's files ready. */
const layerAddress = ({ name }: Pick<HostGroup, 'name'>): string => containerAddress(`${name}-laid`);

/** Groups whose hosts are told of files although nothing that lies here differs: the last `up` did not come so far, or a secret is another. */
export function toldAgain({ groups, changes, arriving }: Pick<Planned, 'groups' | 'changes' | 'arriving'>): readonly string[] {
  const told = new Set([...changes.replace, ...changes.create]);
  const differs = new Set([...arriving.map(({ host }) => containerAddress(host)), ...told]);
  return groups
    .filter(group => told.has(layerAddress(group)) && !group.hosts.some(({ name }) => differs.has(containerAddress(name))))
    .map(({ name }) => name);
}

/** Everything of a city made anew, as an image that is new to a Docker host may want it. */
export const allReplaced = (before: ReadonlySet<string>, groups: readonly HostGroup[], goneHosts: readonly string[]): Changes => {
  const hosts = groups.flatMap(group => group.hosts.map(({ name }) => name));
  return {
    create: hosts.filter(name => !before.has(name)).map(containerAddress),
    update: [],
    replace: hosts.filter(name => before.has(name)).map(containerAddress),
    destroy: goneHosts.map(containerAddress),
  };
};
