import type { SiteHostRole } from '../city/identity.js';
import type { Host } from '../site/host.js';

/** Hosts whose data nobody can make again; what the others keep they can lose. */
const KEEPERS = ['database', 'etcd', 'monitor', 'repository'] as const satisfies readonly SiteHostRole[];

/** Whether the volumes of a host's own folders are protected from destruction. */
export const keepsData = ({ role }: Pick<Host, 'role'>): boolean => (KEEPERS as readonly string[]).includes(role);

/**
 * The folders of a host that are volumes, as `/var/lib/citydc`: one for all that lies below it, as terraform waits two seconds for every
 * volume that it takes away.
 */
export const dataFoldersOf = ({ folders }: Pick<Host, 'folders'>): readonly string[] => [
  ...new Set(folders.map(({ path }) => path.split('/').slice(0, 4).join('/'))),
];

const DATA = new RegExp(`^s\\d+-(${KEEPERS.join('|')})\\d+-(?!files$)`);

/** The same of a volume by its id in the stack, as `s1-database1-var-lib-postgresql`. */
export const isData = (volume: string): boolean => DATA.test(volume);
