/** What a changed layout asks of a running city, as data. Pure. */

import { isDeepStrictEqual } from 'node:util';
import { BUNDLES, type BundleName, type Host, type Layout, type Wire } from '../../site/host.js';
import { type HostChange, hostChange } from './host-change.js';

/** What runs, as it was last applied. */
export interface Standing {
  readonly hosts: readonly Host[];
  /** Hosts that a killed run began and did not finish. */
  readonly halfMade: readonly string[];
  readonly wires: readonly Wire[];
  /** Hosts that are off though no fault keeps them off. */
  readonly stopped: readonly string[];
  readonly bundles: BundleDigests;
}

/** What is to run. */
export interface Wanted extends Pick<Layout, 'hosts' | 'wires'> {
  readonly bundles: BundleDigests;
}

/** Our own programs, each by the SHA-256 of its bundle. */
export type BundleDigests = Readonly<Record<BundleName, string>>;

export interface Changes {
  readonly newHosts: readonly Host[];
  /** Of the new hosts those that a killed run began: what there is of them goes first. */
  readonly halfMade: readonly string[];
  readonly goneHosts: readonly string[];
  readonly changedHosts: readonly HostChange[];
  readonly newWires: readonly Wire[];
  readonly goneWires: readonly Wire[];
  readonly stopped: readonly string[];
  readonly agents: readonly AgentProcess[];
}

/** A process whose bundled program is another one now. */
export interface AgentProcess {
  readonly host: string;
  readonly process: string;
  readonly bundle: BundleName;
}

/** Compares what runs with what is wanted. A host that is half made counts as new. */
export function changesBetween(standing: Standing, wanted: Wanted): Changes {
  const wantedHosts = new Map(wanted.hosts.map(host => [host.name, host]));
  const before = new Set(standing.hosts.map(({ name }) => name));
  const [isApplied, isWanted] = [among(standing.wires), among(wanted.wires)];
  const newWires = wanted.wires.filter(wire => !isApplied(wire));
  const linked = new Set(newWires.flatMap(({ ends }) => ends.map(({ host }) => host)));
  return {
    newHosts: wanted.hosts.filter(({ name }) => !before.has(name)),
    halfMade: standing.halfMade.filter(name => wantedHosts.has(name)),
    goneHosts: [...before, ...standing.halfMade].filter(name => !wantedHosts.has(name)),
    changedHosts: standing.hosts.flatMap(host => {
      const after = wantedHosts.get(host.name);
      return after === undefined || isDeepStrictEqual(host, after) ? [] : [hostChange(host, after, linked.has(host.name))];
    }),
    newWires,
    goneWires: standing.wires.filter(wire => !isWanted(wire)),
    stopped: standing.stopped.filter(name => wantedHosts.has(name)),
    agents: agentsToRestart(standing, wanted),
  };
}

export const isNothing = (changes: Changes): boolean => Object.values(changes).every(list => list.length === 0);

function among(wires: readonly Wire[]): (wire: Wire) => boolean {
  const byName = new Map(wires.map(wire => [wire.name, wire]));
  return wire => isDeepStrictEqual(byName.get(wire.name), wire);
}

function agentsToRestart(standing: Standing, wanted: Wanted): readonly AgentProcess[] {
  const rebuilt = new Set(BUNDLES.filter(name => standing.bundles[name] !== wanted.bundles[name]));
  return wanted.hosts.flatMap(({ name: host, processes }) =>
    processes.flatMap(({ name: process, bundles = [] }) => {
      const bundle = bundles.find(each => rebuilt.has(each));
      return bundle === undefined ? [] : [{ host, process, bundle }];
    }),
  );
}
