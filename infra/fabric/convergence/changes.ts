/** What has to change in a running city to bring it to another layout, as data. Pure. */

import { isDeepStrictEqual } from 'node:util';
import { BUNDLES, type BundleName, type Host, type Layout, type Wire } from '../../site/host.js';
import { type HostChange, hostChange } from './host-change.js';

/** The running city, as it was last applied. */
export interface AppliedState {
  readonly hosts: readonly Host[];
  /** Hosts that a killed run began to create and did not finish. */
  readonly unfinished: readonly string[];
  readonly wires: readonly Wire[];
  /** Hosts that are off though no fault keeps them off. */
  readonly stopped: readonly string[];
  readonly bundles: BundleDigests;
}

/** The city as it is to run. */
export interface WantedState extends Pick<Layout, 'hosts' | 'wires'> {
  readonly bundles: BundleDigests;
}

/** Our own programs, each by the SHA-256 of its bundle. */
export type BundleDigests = Readonly<Record<BundleName, string>>;

/** The difference between what runs and what is wanted; every list is empty when there is none. */
export interface LayoutChanges {
  readonly newHosts: readonly Host[];
  /** Of the new hosts those that a killed run began: what there is of them is removed first. */
  readonly unfinished: readonly string[];
  readonly goneHosts: readonly string[];
  readonly changedHosts: readonly HostChange[];
  readonly newWires: readonly Wire[];
  readonly goneWires: readonly Wire[];
  readonly stopped: readonly string[];
  readonly agents: readonly AgentProcess[];
}

/** A process whose bundled program has changed. */
export interface AgentProcess {
  readonly host: string;
  readonly process: string;
  readonly bundle: BundleName;
}

/** Compares what runs with what is wanted. An unfinished host counts as new. */
export function changesBetween(applied: AppliedState, wanted: WantedState): LayoutChanges {
  const wantedHosts = new Map(wanted.hosts.map(host => [host.name, host]));
  const before = new Set(applied.hosts.map(({ name }) => name));
  const [isApplied, isWanted] = [among(applied.wires), among(wanted.wires)];
  const newWires = wanted.wires.filter(wire => !isApplied(wire));
  const linked = new Set(newWires.flatMap(({ ends }) => ends.map(({ host }) => host)));
  return {
    newHosts: wanted.hosts.filter(({ name }) => !before.has(name)),
    unfinished: applied.unfinished.filter(name => wantedHosts.has(name)),
    goneHosts: [...before, ...applied.unfinished].filter(name => !wantedHosts.has(name)),
    changedHosts: applied.hosts.flatMap(host => {
      const after = wantedHosts.get(host.name);
      return after === undefined || isDeepStrictEqual(host, after) ? [] : [hostChange(host, after, linked.has(host.name))];
    }),
    newWires,
    goneWires: applied.wires.filter(wire => !isWanted(wire)),
    stopped: applied.stopped.filter(name => wantedHosts.has(name)),
    agents: agentsToRestart(applied, wanted),
  };
}

/** Whether there is nothing to change. */
export const isNothing = (changes: LayoutChanges): boolean => Object.values(changes).every(list => list.length === 0);

function among(wires: readonly Wire[]): (wire: Wire) => boolean {
  const byName = new Map(wires.map(wire => [wire.name, wire]));
  return wire => isDeepStrictEqual(byName.get(wire.name), wire);
}

function agentsToRestart(applied: AppliedState, wanted: WantedState): readonly AgentProcess[] {
  const rebuilt = new Set(BUNDLES.filter(name => applied.bundles[name] !== wanted.bundles[name]));
  return wanted.hosts.flatMap(({ name: host, processes }) =>
    processes.flatMap(({ name: process, bundles = [] }) => {
      const bundle = bundles.find(each => rebuilt.has(each));
      return bundle === undefined ? [] : [{ host, process, bundle }];
    }),
  );
}
