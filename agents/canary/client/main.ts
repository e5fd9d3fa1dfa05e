/**
 * The canary's client: real transactions from an office, and a ledger of what came of them.
 *
 * `canary-client JSON` runs until its standard input closes, SIGTERM, or the configuration's own limit.
 * Exit codes: 0 it ended when requested, 2 bad configuration, 3 the ledger could not be written.
 */

import { type CanaryClientConfiguration, parseCanaryClientConfiguration } from '../../contract/canary.js';
import { runClient } from './client.js';
import { createLedger } from './ledger-file.js';

const parsed = parseCanaryClientConfiguration(process.argv[2] ?? '');
if (parsed.ok) void run(parsed.value);
else leave(2, parsed.problems.join('\n'));

async function run(configuration: CanaryClientConfiguration): Promise<void> {
  try {
    const ledger = await createLedger(configuration.ledgerPath);
    await runClient(configuration, ledger, { nowMs, random: Math.random, print }, endOf(configuration));
    await ledger.close();
    process.exit(0);
  } catch (error) {
    leave(3, `ledger ${configuration.ledgerPath}: ${(error as Error).message}`);
  }
}

/** Aborted when the run shall end: by its caller, a signal, or its time. */
function endOf({ maxSeconds }: CanaryClientConfiguration): AbortSignal {
  const controller = new AbortController();
  const end = (why: string) => () => controller.abort(why);
  setTimeout(end('time is up'), maxSeconds * 1000).unref();
  process.on('SIGTERM', end('SIGTERM'));
  process.stdin.on('end', end('input closed')).on('error', end('input failed')).resume();
  process.stdout.on('error', () => undefined); // the reader died: standard input says so too
  return controller.signal;
}

/** One monotonic clock, started at the epoch time of the process's start: steps of the wall clock never enter the ledger. */
function nowMs(): number {
  return Math.round((performance.timeOrigin + performance.now()) * 1000) / 1000;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function leave(code: number, message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(code);
}
