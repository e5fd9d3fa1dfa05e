#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';
import { WorldError } from '../city/problem.js';
import type { World } from './command.js';
import { COMMANDS } from './commands.js';
import { run } from './run.js';

// Commands run for seconds: compiling hot code as early as V8 does by default takes half of their processor time.
setFlagsFromString('--interrupt-budget=1000000');
// V8 lets the heap grow to several times of what is in use before it collects old objects; twice as much is enough.
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

/** The first signal makes the command stop in order, the second ends it at once. */
function abortOnSignal(): AbortController {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    // Not `once`: execa, which ends child processes with us, would find no other listener and end us at the first signal.
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
  new WorldError(`interrupted by ${signal}`, { hint: '`citydc status` shows what runs; run the command again to continue' });

/** A reader that closes its pipe early (`citydc check | head`) is no failure; a full disk is one. */
let unwritten = false;
const remember = (error?: NodeJS.ErrnoException | null): void => {
  unwritten ||= error != null && error.code !== 'EPIPE';
};
// A command whose output cannot be written still runs to its end: a drill must not stop half-way because its terminal is gone.
for (const stream of [process.stdout, process.stderr]) stream.on('error', remember);

const code = await run(process.argv.slice(2), COMMANDS, world);
// Output may still be buffered for a pipe.
for (const stream of [process.stdout, process.stderr])
  await new Promise<void>(resolve => {
    stream.write('', error => {
      remember(error);
      resolve();
    });
  });
process.exit(unwritten ? 3 : code);
