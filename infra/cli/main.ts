#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';
import { WorldError } from '../city/problem.js';
import type { World } from './command.js';
import { COMMANDS } from './commands.js';
import { run } from './run.js';

// Commands live for seconds: code that is compiled for speed as early as V8 likes to costs half of their processor time.
setFlagsFromString('--interrupt-budget=1000000');
// And V8 lets garbage grow to several times of what is in use before it looks at old objects again: as much again is enough.
setFlagsFromString('--heap-growing-percent=100');

let interruption: AbortController | undefined;

const world: World = {
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  now: () => new Date(),
  interrupted: () => {
    interruption ??= abortOnSignal();
    return interruption.signal;
  },
};

/** The first signal asks the command to stop in order, the second ends it as signals do. */
function abortOnSignal(): AbortController {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    // Not `once`: who watches over child processes (execa) would find nobody else listening, and end us at the first signal.
    const listener = () => {
      if (!controller.signal.aborted) return controller.abort(interruptedBy(signal));
      process.off(signal, listener);
      process.kill(process.pid, signal);
    };
    process.on(signal, listener);
  }
  return controller;
}

const interruptedBy = (signal: string) =>
  new WorldError(`interrupted by ${signal}`, { hint: '`citydc status` shows what stands; run the command again to go on' });

/** The reader of a pipe may leave early (`citydc check | head`), which is no failure of ours; a full disk is one. */
let unwritten = false;
const remember = (error?: NodeJS.ErrnoException | null): void => {
  unwritten ||= error != null && error.code !== 'EPIPE';
};
// Whatever becomes of its words, a command goes on to its end: a drill must not stop half-way because its terminal has gone.
for (const stream of [process.stdout, process.stderr]) stream.on('error', remember);

const code = await run(process.argv.slice(2), COMMANDS, world);
// A pipe may still hold the last words.
for (const stream of [process.stdout, process.stderr])
  await new Promise<void>(resolve => {
    stream.write('', error => {
      remember(error);
      resolve();
    });
  });
process.exit(unwritten ? 3 : code);
