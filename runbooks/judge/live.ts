import type { LiveCounts } from '../../agents/contract/canary.js';

/** A good answer no older than this is expected at any time: twice the longest interval between requests, and a little. */
const FRESH_MS = 2500;

/** Whether a second was good: nothing but good answers, and the last one fresh. A request a second leaves some seconds without any. */
export const isGood = ({ fail, unknown, skipped, lastOkMs }: LiveCounts, atMs: number): boolean =>
  fail + unknown + skipped === 0 && lastOkMs !== undefined && atMs - lastOkMs <= FRESH_MS;
