/** Connections to the city's one writer, wherever it is. None is used before it has answered. */

import { readFile } from 'node:fs/promises';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import type { Pool, PoolClient } from 'pg';
import type { CanaryServerConfiguration } from '../../contract/canary.js';

/** Who asks, for which database. */
export interface Login {
  readonly name: string;
  readonly user: string;
  readonly password: string | undefined;
}

const MAX_CONNECTIONS = 4;
const CONNECT_TIMEOUT_MS = 1000;
const VALIDATE_TIMEOUT_MS = 1000;
const IDLE_MS = 30_000;

/** Borrows connections that are known to work. */
export interface Connections {
  /** A connection that has just answered as a writer. @throws when none could be had: nothing was sent */
  borrow(): Promise<PoolClient>;
}

/** Loads the driver: programs without a database never pay for it. */
export async function openConnections({ host, port, authority, hosts }: Writer, { name, user, password }: Login): Promise<Connections> {
  const { default: pg } = await import('pg');
  const pool = new pg.Pool({
    ...{ host, port, user, password, database: name },
    ssl: {
      ca: await readFile(authority, 'utf8'),
      minVersion: 'TLSv1.3',
      checkServerIdentity: (_, certificate) => oneOf(hosts, certificate),
    },
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: IDLE_MS,
    application_name: 'canary',
    keepAlive: true,
  });
  pool.on('error', () => undefined); // an idle connection broke: the pool has dropped it
  pool.on('connect', client => client.on('error', () => undefined)); // a borrowed one broke: its query says so
  const used = new WeakSet<PoolClient>();
  return { borrow: () => borrow(pool, used) };
}

type Writer = CanaryServerConfiguration['writer'];

/** The edge leads to whichever host may write: the certificate must be that of one of them. */
function oneOf(hosts: readonly string[], certificate: PeerCertificate): Error | undefined {
  const refusals = hosts.map(host => checkServerIdentity(host, certificate));
  return refusals.includes(undefined) ? undefined : refusals[0];
}

/**
 * After a failover every pooled connection may be dead: each is tried once, then a fresh one. A fresh one that is no writer is the
 * answer: asking again at once would keep busy the very database that is being promoted.
 */
async function borrow(pool: Pool, used: WeakSet<PoolClient>): Promise<PoolClient> {
  for (;;) {
    const client = await pool.connect();
    const fresh = !used.has(client);
    used.add(client);
    const problem = await validate(client);
    if (problem === undefined) return client;
    client.release(true);
    if (fresh) throw problem;
  }
}

async function validate(client: PoolClient): Promise<Error | undefined> {
  try {
    const { rows } = await client.query({
      text: 'SELECT pg_is_in_recovery() AS standby',
      query_timeout: VALIDATE_TIMEOUT_MS,
    } as ValidQuery);
    return rows[0]?.standby === false ? undefined : new Error('the database reached is a standby');
  } catch (error) {
    return error as Error;
  }
}

/** The driver takes a timeout a query; its type declarations do not know it. */
export interface ValidQuery {
  readonly text: string;
  readonly values?: unknown[];
  readonly query_timeout: number;
}
