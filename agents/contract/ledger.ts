/**
 * The ledger: what a client meant to do and what came of it, one JSON record a line.
 *
 * An intent is on disk before its request leaves, so a request without outcome is `unknown`, never forgotten.
 * All times are epoch milliseconds of one monotonic clock a client.
 */

import * as z from 'zod/mini';
import { OUTCOMES, walPosition } from './canary.js';
import { jsonOf } from './json.js';

const key = { system: z.string(), sequence: z.int() };

const opened = z.object({
  schema: z.literal(1),
  kind: z.literal('opened'),
  run: z.string(),
  endpoint: z.string(),
  atMs: z.number(),
  /** System → how often it is asked. */
  intervalMs: z.record(z.string(), z.number()),
});
/** `atMs` is when the request was due: lateness of the client counts against the system, never for it. */
const intent = z.object({ kind: z.literal('intent'), ...key, atMs: z.number() });
const outcome = z.object({
  kind: z.literal('outcome'),
  ...key,
  outcome: z.enum(OUTCOMES),
  doneAtMs: z.number(),
  site: z.optional(z.string()),
  host: z.optional(z.string()),
  timeline: z.optional(z.int()),
  lsn: z.optional(walPosition),
  reason: z.optional(z.string()),
});
/** A request that was due and not sent: too many were outstanding, or the client itself was held up. */
const skipped = z.object({ kind: z.literal('skipped'), ...key, atMs: z.number(), reason: z.string() });
const ended = z.object({ kind: z.literal('ended'), atMs: z.number(), why: z.string(), outstanding: z.int() });

const record = z.discriminatedUnion('kind', [opened, intent, outcome, skipped, ended]);
export type LedgerRecord = z.infer<typeof record>;
type Of<K extends LedgerRecord['kind']> = Extract<LedgerRecord, { kind: K }>;
type LedgerHeader = Of<'opened'>;
export type IntentRecord = Of<'intent'>;
export type OutcomeRecord = Of<'outcome'>;
export type SkippedRecord = Of<'skipped'>;
type EndRecord = Of<'ended'>;

export interface Ledger {
  readonly header: LedgerHeader | undefined;
  /** Without the header, in order. */
  readonly records: readonly Exclude<LedgerRecord, LedgerHeader>[];
  /** Whether the client wrote its end: without it, the ledger may stop early. */
  readonly ended: EndRecord | undefined;
  /** The last line was cut off: the client died while it wrote. Everything before it stands. */
  readonly torn: boolean;
  /** 1-based lines, other than a torn last one, that are no ledger records: the file was changed. */
  readonly damaged: readonly number[];
}

/** One line of the file, with its line end. */
export const formatRecord = (entry: LedgerRecord): string => `${JSON.stringify(entry)}\n`;

/** A ledger from its text. Never throws: what cannot be read is reported as `torn` or `damaged`. */
export function parseLedger(text: string): Ledger {
  const lines = text.split('\n');
  const last = lines.pop() ?? '';
  const parsed = lines.map(each => jsonOf(record, each));
  const header = parsed[0]?.kind === 'opened' ? parsed[0] : undefined;
  const records = parsed.filter(entry => entry !== undefined).filter(entry => entry.kind !== 'opened');
  return {
    header,
    records,
    ended: records.find(entry => entry.kind === 'ended'),
    torn: last !== '',
    damaged: parsed.flatMap((entry, index) => (belongs(entry, index) ? [] : [index + 1])),
  };
}

/** The header is the first record and no other. */
const belongs = (entry: LedgerRecord | undefined, index: number): boolean =>
  entry !== undefined && (entry.kind === 'opened') === (index === 0);
