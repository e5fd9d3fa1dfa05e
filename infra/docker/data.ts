import type { SiteHostRole } from '../city/identity.js';
import type { Host } from '../site/host.js';

/** Roles of hosts whose data cannot be recreated; the others may lose theirs. */
const DATA_ROLES = ['database', 'etcd', 'monitor', 'repository'] as const satisfies readonly SiteHostRole[];

/** Whether the volumes of a host's own folders are protected from destruction. */
export const keepsData = ({ role }: Pick<Host, 'role'>): boolean => (DATA_ROLES as readonly string[]).includes(role);

/**
 * The folders of a host that are volumes, as `/var/lib/citydc`: one volume for everything below it, as terraform waits two seconds for
 * every volume that it removes.
 */
export const dataFoldersOf = ({ folders }: Pick<Host, 'folders'>): readonly string[] => [
  ...new Set(folders.map(({ path }) => path.split('/').slice(0, 4).join('/'))),
];

const DATA = new RegExp(`^s\\d+-(${DATA_ROLES.join('|')})\\d+-(?!files$)`);

/** Whether a volume holds data that cannot be recreated; by its id in the stack, as `s1-database1-var-lib-postgresql`. */
export const isData = (volume: string): boolean => DATA.test(volume);
