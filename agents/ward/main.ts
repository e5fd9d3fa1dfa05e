/** `ward CONFIG [STATE_FOLDER]` runs; exit 2 with every problem on stderr when no configuration is good, not even an earlier one. */

import { setFlagsFromString } from 'node:v8';
import { run } from './run.js';

/** The bundled program of `collectors/main.ts`, put here when the agent is built. */
declare const EQUIPMENT_PROGRAM: string;

// Optimised code saves an agent nothing measurable and costs 4 MB. As a flag on the command line it would make Node refuse its code cache.
setFlagsFromString('--no-opt');
const [configurationPath, stateFolder = '/var/lib/citydc/ward'] = process.argv.slice(2);
if (configurationPath === undefined) leave(2, 'usage: ward CONFIG [STATE_FOLDER]');
await run({
  configurationPath,
  stateFolder,
  equipmentProgram: EQUIPMENT_PROGRAM,
  write: line => process.stderr.write(`${new Date().toISOString()} ${line}\n`),
  exit: code => process.exit(code),
});

function leave(code: number, message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(code);
}
