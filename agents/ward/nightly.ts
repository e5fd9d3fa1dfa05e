/** The nightly job, by cron in the office's time zone. */

import type { WardConfiguration } from '../contract/ward.js';
import type { Log } from './log.js';

export interface Night {
  run(): Promise<void>;
  /** Takes what is wrong with the calendar or the time zone: nothing is scheduled then. */
  wrong(reason: string): void;
  /** Settled when the start is over: cron and the calendar of a time zone cost as much as all the rest of it. */
  readonly ready: Promise<void>;
}

/** Offices share lines, and 138 in a lab share a machine: they do not all start in the same second. */
const SPREAD_MS = 600_000;

/** Calls `run` whenever the inventory is due, once `ready` is settled and until the returned function is called. */
export function nightly(configuration: WardConfiguration, { run, wrong, ready }: Night, log: Log, spreadMs = SPREAD_MS): () => void {
  let ended = false;
  let cancel = (): void => undefined;
  ready
    .then(() => schedule(configuration, run, spreadMs))
    .then(task => {
      cancel = () => void task.destroy();
      log('info', `nightly inventory at ${configuration.inventoryAt}, ${configuration.timeZone}`);
      if (ended) cancel();
    })
    .catch((error: Error) => wrong(error.message));
  return () => {
    ended = true;
    cancel();
  };
}

async function schedule({ inventoryAt, timeZone }: WardConfiguration, run: () => Promise<void>, maxRandomDelay: number) {
  const cron = await import('node-cron');
  return cron.schedule(inventoryAt, run, { timezone: timeZone, noOverlap: true, maxRandomDelay });
}
