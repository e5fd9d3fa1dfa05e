import type { LiveCounts } from '../agents/contract/canary.js';

/** Whether a second was good: answers came, and nothing else did. Nothing at all is not good. */
export const isGood = ({ ok, fail, unknown, skipped }: LiveCounts): boolean => ok > 0 && fail + unknown + skipped === 0;
