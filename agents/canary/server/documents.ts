/** The documents of one system in its database. */

import type { PoolClient, QueryResult } from 'pg';
import type { Document, DocumentList, RequestOutcome } from '../../contract/canary.js';
import { classifyWrite, fieldsOf, type ReadBack, type WriteEnd } from './classify.js';
import type { Connections, ValidQuery } from './connections.js';

export interface WriteResult {
  readonly outcome: RequestOutcome;
  readonly reason?: string;
  readonly timeline?: number;
  readonly lsn?: string;
}

export interface Documents {
  /** Commits a document and reads it back. Never throws: every end has its outcome. Idempotent. */
  write(document: Document, site: string): Promise<WriteResult>;
  /** @throws when the writer could not be read */
  list(endpoint: string, run: string): Promise<Pick<DocumentList, 'timeline' | 'documents'>>;
  /** @throws when no writer answers */
  ready(): Promise<void>;
}

/** A commit that its standbys do not confirm in this time is reported as unknown. */
const COMMIT_TIMEOUT_MS = 10_000;
const READ_TIMEOUT_MS = 5000;

const CREATE = `CREATE TABLE IF NOT EXISTS canary_documents (
  endpoint text NOT NULL, run text NOT NULL, sequence integer NOT NULL,
  body_hash text NOT NULL, site text NOT NULL, written_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (endpoint, run, sequence))`;

/**
 * DO UPDATE rather than DO NOTHING: a repetition must write, so that its commit waits for the standbys as the first one did.
 * The position is the transaction's own, before its commit record: later ones may hold what others wrote.
 */
const INSERT = `INSERT INTO canary_documents (endpoint, run, sequence, body_hash, site) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (endpoint, run, sequence) DO UPDATE SET body_hash = canary_documents.body_hash
  RETURNING pg_walfile_name(pg_current_wal_insert_lsn()) AS walfile, pg_current_wal_insert_lsn()::text AS lsn`;

const READ_BACK = 'SELECT body_hash FROM canary_documents WHERE endpoint = $1 AND run = $2 AND sequence = $3';
const LIST = 'SELECT sequence, body_hash FROM canary_documents WHERE endpoint = $1 AND run = $2 ORDER BY sequence';
const WALFILE = 'SELECT pg_walfile_name(pg_current_wal_lsn()) AS walfile';

export const documentsOf = (connections: Connections): Documents => ({
  write: (document, site) => write(connections, document, site),
  list: (endpoint, run) => list(connections, endpoint, run),
  ready: async () => (await connections.borrow()).release(),
});

async function write(connections: Connections, document: Document, site: string): Promise<WriteResult> {
  const first = await attempt(connections, document, site);
  if (!lacksTable(first)) return resultOf(first);
  const problem = await createTable(connections);
  return resultOf(problem === undefined ? await attempt(connections, document, site) : { at: 'not-sent', error: problem });
}

type Written = WriteEnd & { readonly timeline?: number; readonly lsn?: string };

async function attempt(connections: Connections, document: Document, site: string): Promise<Written> {
  const client = await connections.borrow().catch((error: Error) => error);
  if (client instanceof Error) return { at: 'not-sent', error: client };
  const warnings: string[] = [];
  const onNotice = ({ severity, message }: { severity?: string | undefined; message?: string | undefined }) => {
    if (severity === 'WARNING') warnings.push(message ?? 'a warning');
  };
  client.on('notice', onNotice);
  const end = await insert(client, document, site, warnings).catch((error: unknown): Written => ({ at: 'sent', error }));
  client.off('notice', onNotice);
  client.release(end.at !== 'committed' || end.readBack === 'failed');
  return end;
}

async function insert(client: PoolClient, document: Document, site: string, warnings: readonly string[]): Promise<Written> {
  const { endpoint, run, sequence, bodyHash } = document;
  const { rows } = await query(client, INSERT, [endpoint, run, sequence, bodyHash, site], COMMIT_TIMEOUT_MS);
  const readBack = await readBackOf(client, document);
  return { at: 'committed', warnings, readBack, timeline: timelineOf(rows[0]?.walfile), lsn: String(rows[0]?.lsn) };
}

const readBackOf = (client: PoolClient, { endpoint, run, sequence, bodyHash }: Document): Promise<ReadBack> =>
  query(client, READ_BACK, [endpoint, run, sequence], READ_TIMEOUT_MS).then(
    ({ rows }): ReadBack => (rows[0]?.body_hash === bodyHash ? 'same' : 'other'),
    () => 'failed',
  );

function resultOf(end: Written): WriteResult {
  const place = end.timeline === undefined ? {} : { timeline: end.timeline, ...(end.lsn !== undefined && { lsn: end.lsn }) };
  return { ...classifyWrite(end), ...place };
}

/** The error proves that the statement wrote nothing. @see SQLSTATE 42P01, undefined_table */
const lacksTable = (end: WriteEnd): boolean => end.at === 'sent' && fieldsOf(end.error).code === '42P01';

/** What two sites that create the table at one moment see: unique_violation in the catalogue, duplicate_table. */
const CREATED_MEANWHILE = ['23505', '42P07'];

async function createTable(connections: Connections): Promise<Error | undefined> {
  const client = await connections.borrow().catch((error: Error) => error);
  if (client instanceof Error) return client;
  const problem = await query(client, CREATE, [], COMMIT_TIMEOUT_MS).then(
    () => undefined,
    (error: Error) => (CREATED_MEANWHILE.includes(fieldsOf(error).code ?? '') ? undefined : error),
  );
  client.release(problem !== undefined);
  return problem;
}

async function list(connections: Connections, endpoint: string, run: string): ReturnType<Documents['list']> {
  const client = await connections.borrow();
  try {
    const documents = await query(client, LIST, [endpoint, run], READ_TIMEOUT_MS).catch(noneWithoutTable);
    const { rows } = await query(client, WALFILE, [], READ_TIMEOUT_MS);
    client.release();
    return {
      timeline: timelineOf(rows[0]?.walfile),
      documents: documents.rows.map(row => ({ sequence: row.sequence, bodyHash: row.body_hash })),
    };
  } catch (error) {
    client.release(true);
    throw error;
  }
}

const noneWithoutTable = (error: unknown): Pick<QueryResult, 'rows'> => {
  if (fieldsOf(error).code === '42P01') return { rows: [] };
  throw error;
};

/** A WAL file's name starts with its timeline in eight hexadecimal digits. */
const timelineOf = (walfile: unknown): number => Number.parseInt(String(walfile).slice(0, 8), 16);

const query = (client: PoolClient, text: string, values: unknown[], timeoutMs: number): Promise<QueryResult> =>
  client.query({ text, values, query_timeout: timeoutMs } as ValidQuery);
