/** What a sentinel says: how late the machine gave it the processor, one JSON record a line. All times are epoch milliseconds. */

import * as z from 'zod/mini';
import { jsonOf } from './json.js';

/** `real-time`: what the routing programs have, where the machine grants it; `normal`: as it was started. */
export type SentinelPriority = 'real-time' | 'normal';

const lateness = z.object({
  /** When it had the processor at last. */
  atMs: z.number(),
  /** After it was due. */
  lateMs: z.number(),
});
export type Lateness = z.infer<typeof lateness>;

const opened = z.object({ schema: z.literal(1), kind: z.literal('opened'), atMs: z.number(), priority: z.enum(['real-time', 'normal']) });
/** The machine does not grant the priority: nothing is measured, and nothing is claimed. */
const refused = z.object({ schema: z.literal(1), kind: z.literal('refused'), why: z.string() });
/** Of a whole stretch, so that silence is not taken for punctuality: a stretch begins where the one before it ends. */
const watched = z.object({ kind: z.literal('watched'), fromMs: z.number(), toMs: z.number(), late: z.array(lateness) });
/** Written by the process that started it: it ended without having been ended. */
const failed = z.object({ kind: z.literal('failed'), why: z.string() });

const line = z.discriminatedUnion('kind', [opened, refused, watched, failed]);
export type SentinelLine = z.infer<typeof line>;
export type WatchedStretch = Extract<SentinelLine, { kind: 'watched' }>;

/** All that one sentinel has said. */
export interface SentinelReading {
  /** The priority that it had; undefined when it did not come to watch. */
  readonly priority: SentinelPriority | undefined;
  readonly refused: string | undefined;
  readonly failed: string | undefined;
  readonly stretches: readonly WatchedStretch[];
  /** 1-based lines that are none of a sentinel. */
  readonly damaged: readonly number[];
}

export const formatSentinelLine = (said: SentinelLine): string => `${JSON.stringify(said)}\n`;

/** A sentinel's words from their text; a last line that was cut off is left out. Never throws. */
export const parseSentinel = (text: string): SentinelReading => readingOf(text.split('\n').slice(0, -1).map(parseSentinelLine));

/** Lines as one reading; what is undefined was no line of a sentinel. */
export function readingOf(lines: readonly (SentinelLine | undefined)[]): SentinelReading {
  const of = <K extends SentinelLine['kind']>(kind: K) =>
    lines.filter((each): each is Extract<SentinelLine, { kind: K }> => each?.kind === kind);
  return {
    priority: of('opened')[0]?.priority,
    refused: of('refused')[0]?.why,
    failed: of('failed')[0]?.why,
    stretches: of('watched'),
    damaged: lines.flatMap((each, index) => (each === undefined ? [index + 1] : [])),
  };
}

/** One line, without its end; undefined when it is none of a sentinel. */
export const parseSentinelLine = (text: string): SentinelLine | undefined => jsonOf(line, text);
