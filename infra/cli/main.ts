#!/usr/bin/env node
import type { World } from './command.js';
import { COMMANDS } from './commands.js';
import { run } from './run.js';

let interruption: AbortController | undefined;

const world: World = {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  now: () => new Date(),
  interrupted: () => {
    interruption ??= abortOnSignal();
    return interruption.signal;
  },
};

function abortOnSignal(): AbortController {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => controller.abort(signal));
  return controller;
}

// the reader of a pipe may leave early (`citydc check | head`): that is no failure of ours
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? (process.exitCode ?? 0) : 3));

process.exitCode = await run(process.argv.slice(2), COMMANDS, world);
// a pipe may still hold the last words
process.stdout.write('', () => process.stderr.write('', () => process.exit()));
