/** Configurations of the canary's two halves, and what they say to each other. */

import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { absolutePath, anyAddress, port, siteName, systemKey, systemState } from './configuration.js';
import { type Parsed, parseJson } from './json.js';

const nonEmpty = z.string().check(z.minLength(1));

const serverSystem = z.strictObject({
  key: systemKey,
  /** Its permanent number; people who read the file know it by that. */
  number: z.optional(z.int()),
  port,
  state: systemState,
  /** Its own database; absent where it keeps none. The password is in that environment variable. */
  database: z.optional(z.strictObject({ name: nonEmpty, user: nonEmpty, passwordVariable: nonEmpty })),
});

const serverFields = z.strictObject({
  schema: z.literal(1),
  site: siteName,
  host: nonEmpty,
  /** Address to listen on. */
  listen: z.ipv4(),
  systems: z.array(serverSystem).check(z.minLength(1)),
  /** Where the city's one writer is reached, whichever site it is at: over TLS, to one of these hosts by a certificate of this authority. */
  writer: z.strictObject({ host: z.string(), port, authority: absolutePath, hosts: z.array(nonEmpty).check(z.minLength(1)) }),
});

const canaryServerConfiguration = serverFields.check(
  z.refine(({ systems }) => systems.every(({ state, database }) => state === 'none' || database !== undefined), {
    path: ['systems'],
    error: 'a system with state database needs the name of its database',
  }),
  z.refine(({ systems }) => new Set(systems.map(({ key }) => key)).size === systems.length, {
    path: ['systems'],
    error: 'a system is listed twice',
  }),
);
export type CanaryServerConfiguration = z.infer<typeof canaryServerConfiguration>;
export type ServedSystem = CanaryServerConfiguration['systems'][number];

const clientSystem = z.strictObject({
  key: systemKey,
  /** Service address, in the family of `source`. */
  address: anyAddress,
  port,
  state: systemState,
  intervalMs: z.int().check(z.minimum(10)),
});

const canaryClientConfiguration = z.strictObject({
  schema: z.literal(1),
  /** Unique: documents and the ledger carry it. */
  run: z.string().check(z.regex(/^[\w.-]{1,100}$/, 'letters, digits, dots, dashes and underscores, at most 100')),
  endpoint: z.string().check(z.regex(/^[\w.-]{1,100}$/)),
  /** The office's own address: requests start from it. */
  source: anyAddress,
  ledgerPath: absolutePath,
  systems: z.array(clientSystem).check(z.minLength(1)),
  connectTimeoutMs: z.int().check(z.minimum(1)),
  /** From the established connection to the whole answer. */
  requestTimeoutMs: z.int().check(z.minimum(1)),
  maxSeconds: z.number().check(z.positive()),
});
export type CanaryClientConfiguration = z.infer<typeof canaryClientConfiguration>;
export type ProbedSystem = CanaryClientConfiguration['systems'][number];

export const parseCanaryServerConfiguration = (text: string): Parsed<CanaryServerConfiguration> =>
  parseJson(canaryServerConfiguration, text);
export const parseCanaryClientConfiguration = (text: string): Parsed<CanaryClientConfiguration> =>
  parseJson(canaryClientConfiguration, text);

/** `unknown`: sent, but it is not known whether it took effect. Never counted as acknowledged, nor as refused. */
export const OUTCOMES = ['ok', 'fail', 'unknown'] as const;
export type RequestOutcome = (typeof OUTCOMES)[number];

/** A document as an office sends it: POST /documents. */
export const document = z.strictObject({
  endpoint: z.string().check(z.regex(/^[\w.-]{1,100}$/)),
  run: z.string().check(z.regex(/^[\w.-]{1,100}$/)),
  sequence: z.int().check(z.minimum(1)),
  bodyHash: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
});
export type Document = z.infer<typeof document>;

/** What a document of this identity hashes to: the reader can distinguish a right row from a wrong one without the sender. */
export const bodyHashOf = (endpoint: string, run: string, system: string, sequence: number): string =>
  createHash('sha256').update(`${endpoint}/${run}/${system}/${sequence}`).digest('hex');

/** A position in PostgreSQL's log, as it prints `pg_lsn`: `0/3000148`. */
export const walPosition = z.string().check(z.regex(/^[0-9A-F]{1,8}\/[0-9A-F]{1,8}$/i));

/** The server's answer to a document; `outcome` decides, the HTTP status repeats it (201, 202, 503). */
export const writeAnswer = z.object({
  outcome: z.enum(OUTCOMES),
  site: z.string(),
  host: z.string(),
  /** Timeline of the transaction that wrote it. */
  timeline: z.optional(z.int()),
  /** Where it was written, before its commit record. */
  lsn: z.optional(walPosition),
  reason: z.optional(z.string()),
});
export type WriteAnswer = z.infer<typeof writeAnswer>;

export const echoAnswer = z.object({ system: z.string(), site: z.string(), host: z.string() });

/** GET /ready: whether a transaction would go through now; 200 when it would, else 503. */
const readyAnswer = z.object({
  system: z.string(),
  site: z.string(),
  host: z.string(),
  ready: z.boolean(),
  reason: z.optional(z.string()),
});
export type ReadyAnswer = z.infer<typeof readyAnswer>;

/** GET /documents: what the writer's database holds of one endpoint's run. */
export const documentList = z.object({
  system: z.string(),
  timeline: z.int(),
  documents: z.array(z.object({ sequence: z.int(), bodyHash: z.string() })),
});
export type DocumentList = z.infer<typeof documentList>;

/** One line a second on the client's standard output. */
export const liveLine = z.object({
  atMs: z.number(),
  systems: z.record(
    z.string(),
    z.object({
      ok: z.int(),
      fail: z.int(),
      unknown: z.int(),
      skipped: z.int(),
      /** Site of the last good answer. */
      site: z.optional(z.string()),
      lastOkMs: z.optional(z.number()),
    }),
  ),
});
export type LiveLine = z.infer<typeof liveLine>;
export type LiveCounts = LiveLine['systems'][string];
