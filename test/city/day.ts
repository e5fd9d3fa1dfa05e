import { onDay } from '../../infra/city/day.js';

/** The day for which tests read inventories. */
export const DAY = onDay('2026-12-01');
