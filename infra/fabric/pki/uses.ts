/** What certificates are for. A leaf never has more than its use needs. */

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
  /** What asks etcd and serves nothing there. */
  'etcd-client': { as: 'client', revokedBy: 'list' },
  /** A standby is a client of the database that it follows. */
  postgres: { as: 'both', revokedBy: 'list' },
  'postgres-client': { as: 'client', revokedBy: 'list' },
  /** Patroni's members ask each other. */
  patroni: { as: 'both', revokedBy: 'list' },
  'patroni-client': { as: 'client', revokedBy: 'list' },
  /** A monitor serves its pages and reads what others measure. */
  monitor: { as: 'both', revokedBy: 'list' },
  /** What is measured, and is no client of anything. */
  exporter: { as: 'server', revokedBy: 'list' },
  ward: { as: 'client', revokedBy: 'list' },
  edge: { as: 'server', revokedBy: 'list' },
  application: { as: 'both', revokedBy: 'list' },
} as const satisfies Record<string, Use>;
export type UseName = keyof typeof USES;

/** A use by its name. A program that names one which is not in the table is a bug. */
export function useNamed(name: string): UseName {
  if (!(name in USES)) throw new Error(`no use '${name}' of certificates: infra/fabric/pki/uses.ts has them all`);
  return name as UseName;
}
