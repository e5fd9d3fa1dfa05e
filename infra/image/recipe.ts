import { createHash } from 'node:crypto';
import { ALL_PROGRAMS } from '../site/roles.js';
import { hostNode } from './node.js';

/** What the one root file system of every host is made of. Recipes with the same content make the same image. */
export interface Recipe {
  readonly suite: string;
  readonly packages: readonly string[];
  /** The Node that runs our own programs inside: version and architecture. */
  readonly node: string;
  /** Removed after the installation: paths inside the root. */
  readonly trims: readonly string[];
}

/** The recipe for the programs that hosts run: their packages, and nothing else. */
export const recipe = (node = hostNode().label): Recipe => ({
  suite: 'bookworm',
  node,
  packages: [...new Set(ALL_PROGRAMS.flatMap(({ packages }) => packages))].toSorted(),
  trims: TRIMS,
});

/** The image's name: the first twelve hexadecimal digits of the SHA-256 of its recipe. */
export const recipeDigest = (of: Recipe): string => createHash('sha256').update(JSON.stringify(of)).digest('hex').slice(0, 12);

// Caches, documentation, and what the packages' own scripts created for services that never run as they configure them.
const TRIMS = [
  'var/cache/apt',
  'var/lib/apt/lists',
  'usr/share/doc',
  'usr/share/man',
  'usr/share/locale',
  'usr/share/info',
  'var/lib/postgresql/15',
  'etc/postgresql/15',
  'var/lib/prometheus',
  'var/lib/etcd',
  'etc/systemd/system',
  'etc/service',
] as const;
