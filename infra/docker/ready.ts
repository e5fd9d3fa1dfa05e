import type { Ready, ReadyHost } from '../../agents/contract/ready.js';
import { grouped } from '../city/grouped.js';
import { type City, type Node, nodeName } from '../city/model.js';
import type { BundleDigests } from '../fabric/convergence/changes.js';
import { type Host, type Layout, secretFile, secretFileName } from '../site/host.js';
import { layoutFrom } from '../site/layout.js';
import { type Topology, topologyOf } from '../site/topology.js';
import { arrival, manifestOf } from './arrival.js';
import { TUNNELS } from './seats.js';
import { wires } from './wires.js';

/** The city as Docker runs it: the lab's hosts and files, wired by tunnels. */
export function dockerCity(city: City): { readonly topology: Topology; readonly layout: Layout } {
  const topology = topologyOf(city, TUNNELS);
  return { topology, layout: layoutFrom(topology, [wires(topology), arrival]) };
}

/** The hosts of one configuration container: those of a site, or of an aggregation node with its offices, or an external. */
export interface HostGroup {
  /** Permanent: `s1`, `n67`, `x64`. */
  readonly name: string;
  readonly isSite: boolean;
  readonly hosts: readonly Host[];
}

/** The groups of a city's hosts, in the order of the hosts. */
export function hostGroupsOf({ nodes }: Topology, { hosts }: Layout): readonly HostGroup[] {
  const groups = grouped(hosts, ({ node }) => [groupNameOf(nodes.get(node) as Node)]);
  return [...groups].map(([name, members]) => ({ name, isSite: members.some(({ slot }) => slot !== undefined), hosts: members }));
}

const groupNameOf = (node: Node): string => (node.kind === 'endpoint' ? `n${node.aggregation}` : nodeName(node));

/** What a group's configuration container is given; it contains no secret. */
export const readyOf = ({ hosts }: HostGroup, bundles: BundleDigests): Ready => ({
  schema: 1,
  hosts: hosts.map(host => readyHost(host, bundles)),
});

const readyHost = (host: Host, bundles: BundleDigests): ReadyHost => ({
  name: host.name,
  manifest: manifestOf(host, bundles),
  folders: host.folders.map(({ owner, mode, path }) => `${owner} ${octal(mode)} ${path}\n`).join(''),
  files: host.files.map(({ path, content, mode = 0o644, owner = 'root' }) => ({ path, mode: octal(mode), owner, content })),
  secrets: host.secrets.map(({ name, owner, program, onChange }) => ({
    file: secretFileName(name),
    path: secretFile(name),
    owner,
    program,
    onChange,
  })),
});

const octal = (mode: number): string => mode.toString(8).padStart(4, '0');
