/**
 * The sentinel: how late the machine gives the processor to who has its priority.
 *
 * `sentinel RUN PRIORITY SECONDS` says one line a second until its standard input closes, SIGTERM, or its time is up; RUN is for those
 * who look for it. Exit codes: 0 it ended when requested, 2 bad usage, 3 the machine does not grant the priority.
 */

import { spawnSync } from 'node:child_process';
import type { SentinelLine } from '../contract/sentinel.js';
import { watch } from './sentinel.js';

const [run = '', priority = '', seconds = ''] = process.argv.slice(2);
if (run === '' || (priority !== 'real-time' && priority !== 'normal') || !(Number(seconds) > 0))
  leave(2, 'usage: sentinel RUN real-time|normal SECONDS');
if (priority === 'real-time') askForRealTime();
// Before it says that it is up: its reader may end it then.
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, end);
say({ schema: 1, kind: 'opened', atMs: nowMs(), priority });
const stop = watch({ nowMs, say });
process.stdin.on('end', end).on('error', end).resume();
process.stdout.on('error', () => process.exit(0)); // its reader is gone
setTimeout(end, Number(seconds) * 1000).unref();

function end(): void {
  stop();
  process.exit(0);
}

/** Of this thread alone, and not before it is up: to start takes more of the processor than routing should have to lend. */
function askForRealTime(): void {
  const { status, stderr, error } = spawnSync('chrt', ['--rr', '--pid', '5', String(process.pid)], { encoding: 'utf8' });
  if (status === 0) return;
  say({ schema: 1, kind: 'refused', why: error?.message ?? stderr.trim() });
  process.exit(3);
}

/** One monotonic clock, started at the epoch time of the process's start, as the canary's clients have it. */
function nowMs(): number {
  return Math.round((performance.timeOrigin + performance.now()) * 10) / 10;
}

function say(line: SentinelLine): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function leave(code: number, message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(code);
}
