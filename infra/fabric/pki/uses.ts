/** What certificates are for. A leaf never has more than its use needs. */

import type { IdentityUse } from '../../site/identity.js';

interface Use {
  /** Which ends of a TLS connection its holder may be. */
  readonly as: 'server' | 'client' | 'both';
  /** How a program finds out who is revoked: by the issuers' lists, or, where it knows no lists, by the name in the certificate. */
  readonly revokedBy: 'list' | 'name';
}

/** Each USE of `certificate:USE/HOST`. Another one is a line here. */
export const USES = {
  /** Databases push their log to the repository, and it fetches backups from them. pgBackRest 2 knows no revocation list. */
  pgbackrest: { as: 'both', revokedBy: 'name' },
  /** A member is server and client of its peers. */
  etcd: { as: 'both', revokedBy: 'list' },
  /** PostgreSQL and Patroni of a host: served to others, and clients of each other's and of etcd. */
  database: { as: 'both', revokedBy: 'list' },
  /** An edge asks Patroni who may write. */
  edge: { as: 'client', revokedBy: 'list' },
  /** A router's announcer asks etcd whether it has quorum. */
  router: { as: 'client', revokedBy: 'list' },
  /** An office's agent. */
  ward: { as: 'client', revokedBy: 'list' },
  /** A monitor reads what others measure. */
  monitor: { as: 'client', revokedBy: 'list' },
} as const satisfies Record<IdentityUse, Use>;
export type UseName = keyof typeof USES;

/** A use by its name. A program that names one which is not in the table is a bug. */
export function useNamed(name: string): UseName {
  if (!(name in USES)) throw new Error(`no use '${name}' of certificates: infra/fabric/pki/uses.ts has them all`);
  return name as UseName;
}
