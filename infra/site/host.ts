/** What runs where, as data: a target (lab, Docker) realises it, and never has to know why. */

import type { ElementNumber, LinkNumber, SiteSegment } from '../city/identity.js';

/** A network node that runs processes. Site hosts by their role there; the others are one host a node. */
export const ROLES = [
  'router',
  'edge',
  'application',
  'database',
  'etcd',
  'monitor',
  'repository',
  'aggregation',
  'office',
  'external',
] as const;
export type Role = (typeof ROLES)[number];

/** What a changed file asks of its host: re-read it, restart the processes of its program, or boot the host anew. */
export type OnChange = 'reload' | 'restart' | 'boot';

export interface HostFile {
  /** Absolute, inside the host. */
  readonly path: string;
  readonly content: string;
  /** Permission bits; 0o644 where absent. */
  readonly mode?: number;
  /** Owner by name inside the image; root where absent. */
  readonly owner?: string;
  /** The program whose processes the change concerns. */
  readonly program: string;
  readonly onChange: OnChange;
}

/** A folder that must exist before the processes start; its contents outlive a power-off. */
export interface HostFolder {
  readonly path: string;
  readonly owner: string;
  readonly mode: number;
}

/** A long-running process, supervised: it is started again when it ends. */
export interface Process {
  /** Unique on its host, as `bgpd`; also the name of its log. */
  readonly name: string;
  readonly program: string;
  readonly command: readonly string[];
  /** Runs as; root where absent. */
  readonly user?: string;
  /** A folder of the user's whose contents may still be root's: in a city that was made when this ran as root. */
  readonly takesOver?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Environment variable → secret whose value it takes at start. */
  readonly secretEnvironment?: Readonly<Record<string, SecretName>>;
  /** An address that answers a ping before it starts, or some twenty seconds pass: before that it would only be in the others' way. */
  readonly startsAfter?: string;
  /** What makes it re-read its files: a signal, or a command run inside the host. Absent: it must be restarted. */
  readonly reload?: { readonly signal: 'HUP' | 'USR2' } | { readonly command: readonly string[] };
  /** It keeps time for the network in milliseconds: it gets the processor the moment it asks, where the kernel allows. */
  readonly realTime?: true;
  /** What of ours the command runs, where it does: another bundle restarts the process. */
  readonly bundles?: readonly BundleName[];
}

/** Our own programs, each one bundled file under `/opt/citydc` in every host: CommonJS, which starts 60 ms sooner than an ES module. */
export const BUNDLES = [
  'announcer',
  'canary-server',
  'canary-client',
  'ward',
  'ward-equipment',
  'reflector',
  'notices',
  'sentinel',
] as const;
export type BundleName = (typeof BUNDLES)[number];
/** The Node that the image carries for them. */
export const NODE = '/usr/local/bin/node';
export const bundleFile = (name: BundleName): string => `${name}.cjs`;
export const bundlePath = (name: BundleName): string => `/opt/citydc/${bundleFile(name)}`;

/**
 * A secret by its name: `password:patroni-replication`; of a use of certificates (`infra/fabric/pki/uses.ts`) on a host, `key:pgbackrest/s1-database1`
 * and `certificate:…`; of a use, `authority:pgbackrest` (what it trusts), `revoked:…` (all revocation lists), `names:…` (whose certificates
 * have another name than their host's, where programs know no lists). The value never enters a rendered file.
 */
export type SecretName = `${'password' | 'key' | 'certificate' | 'authority' | 'revoked' | 'names' | 'expiries'}:${string}`;

export interface HostSecret {
  readonly name: SecretName;
  /** Who may read it, by name inside the image. It is stored at `secretFile(name)`, mode 0400. */
  readonly owner: string;
  /** The program whose processes another value concerns. */
  readonly program: string;
  /** What another value asks of them: who reads it when it starts must start again. */
  readonly onChange: Exclude<OnChange, 'boot'>;
  /** SHA-256 of its value, where a realisation compares what runs with what is to run: another value is a change. */
  readonly digest?: string;
}

/** Path of a secret inside a host. */
export const secretFile = (name: SecretName): string => `/etc/citydc/secrets/${secretFileName(name)}`;
/** The name of a secret's file, in whatever folder. */
export const secretFileName = (name: SecretName): string => name.replace(/[:/]/g, '-');

/** One end of a wire: a network device inside a host. */
interface WireEnd {
  readonly host: string;
  readonly device: string;
  readonly mac: string;
}

/** A cable: a link of the model, or a patch inside a site between a host and its router's switch. */
export interface Wire {
  /** Unique: `l207`, or `s1-edge1.lan`. */
  readonly name: string;
  readonly link: LinkNumber | undefined;
  readonly ends: readonly [WireEnd, WireEnd];
  readonly mtuBytes: number;
}

export interface Host {
  /** Permanent: `s1-database2`, `n67`, `e131`, `x65`. */
  readonly name: string;
  readonly node: ElementNumber;
  readonly role: Role;
  /** Slot within (site, role); undefined outside sites. */
  readonly slot: number | undefined;
  readonly segment: SiteSegment | undefined;
  /** The address by which other hosts reach it, IPv4. */
  readonly address: string;
  readonly sysctls: Readonly<Record<string, string>>;
  /** Linux capabilities beyond those of every host. */
  readonly capabilities: readonly string[];
  readonly folders: readonly HostFolder[];
  readonly files: readonly HostFile[];
  readonly processes: readonly Process[];
  readonly secrets: readonly HostSecret[];
}

/** The whole city as hosts and wires, in a stable order. */
export interface Layout {
  readonly city: string;
  readonly hosts: readonly Host[];
  readonly wires: readonly Wire[];
}
