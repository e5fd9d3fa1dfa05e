/** What the canary answers to each request, as data: HTTP is the next file's. */

import { document, type ReadyAnswer, type ServedSystem, type WriteAnswer } from '../../contract/canary.js';
import { parseJson } from '../../contract/json.js';
import type { Documents, WriteResult } from './documents.js';

export interface CanaryAnswer {
  readonly status: number;
  readonly body: unknown;
}

export interface Served {
  readonly system: ServedSystem;
  readonly site: string;
  readonly host: string;
  /** Undefined for a system without a database. */
  readonly documents: Documents | undefined;
}

type Respond = (served: Served, url: URL, body: string) => Promise<CanaryAnswer>;

/** Every request it knows, by method and path. `/metrics` is not JSON and lives with HTTP. */
export const RESPONSES = {
  'GET /health': async ({ system }) => ({ status: 200, body: { system: system.key } }),
  'GET /ready': respondReady,
  'GET /echo': async ({ system, site, host }) => ({ status: 200, body: { system: system.key, site, host } }),
  'GET /documents': respondList,
  'POST /documents': respondWrite,
} as const satisfies Record<string, Respond>;

/** A write's HTTP status only repeats its outcome. */
const WRITE_STATUS = { ok: 201, unknown: 202, fail: 503 } as const satisfies Record<WriteAnswer['outcome'], number>;

/** Requests that may wait for one database at one time. Past it, refusing at once is kinder than an answer that no client waits for. */
const MAX_WAITING = 48;
const waiting = new WeakMap<Documents, number>();

async function respondReady({ system, site, host, documents }: Served): Promise<CanaryAnswer> {
  const reason = await documents?.ready().then(
    () => undefined,
    (error: Error) => error.message,
  );
  const ready = reason === undefined;
  return { status: ready ? 200 : 503, body: { system: system.key, site, host, ready, reason } satisfies ReadyAnswer };
}

async function respondWrite(served: Served, _url: URL, body: string): Promise<CanaryAnswer> {
  const parsed = parseJson(document, body);
  const { documents } = served;
  if (documents === undefined) return refusal(served, 404, `${served.system.key} keeps no documents`);
  if (!parsed.ok) return refusal(served, 400, parsed.problems.join('; '));
  if ((waiting.get(documents) ?? 0) >= MAX_WAITING) return refusal(served, 503, 'too many requests are waiting');
  const result = await counted(documents, () => documents.write(parsed.value, served.site));
  return { status: WRITE_STATUS[result.outcome], body: writeAnswer(served, result) };
}

async function counted<T>(documents: Documents, work: () => Promise<T>): Promise<T> {
  waiting.set(documents, (waiting.get(documents) ?? 0) + 1);
  return work().finally(() => waiting.set(documents, (waiting.get(documents) ?? 1) - 1));
}

async function respondList({ system, documents }: Served, url: URL): Promise<CanaryAnswer> {
  const [endpoint, run] = [url.searchParams.get('endpoint'), url.searchParams.get('run')];
  if (documents === undefined) return { status: 404, body: { reason: `${system.key} keeps no documents` } };
  if (endpoint === null || run === null) return { status: 400, body: { reason: 'wanted: ?endpoint=…&run=…' } };
  return documents.list(endpoint, run).then(
    listed => ({ status: 200, body: { system: system.key, ...listed } }),
    (error: Error) => ({ status: 503, body: { reason: error.message } }),
  );
}

/** Refused before anything was sent to the database. */
const refusal = (served: Served, status: number, reason: string): CanaryAnswer => ({
  status,
  body: writeAnswer(served, { outcome: 'fail', reason }),
});

const writeAnswer = ({ site, host }: Served, result: WriteResult): WriteAnswer => ({ site, host, ...result });
