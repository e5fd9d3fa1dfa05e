/** `ward CONFIG [STATE_FOLDER]` runs; exit 2 with every problem on stderr when no configuration is good, not even an earlier one. */

import { dirname, join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { run } from './run.js';

// Optimised code saves an agent nothing measurable and costs 4 MB. As a flag on the command line it would make Node refuse its code cache.
setFlagsFromString('--no-opt');
const [configurationPath, stateFolder = '/var/lib/citydc/ward'] = process.argv.slice(2);
if (configurationPath === undefined) leave(2, 'usage: ward CONFIG [STATE_FOLDER]');
void run({
  configurationPath,
  stateFolder,
  equipmentProgram: join(dirname(process.argv[1] ?? ''), 'ward-equipment.cjs'),
  write: line => process.stderr.write(`${new Date().toISOString()} ${line}\n`),
  exit: code => process.exit(code),
});

function leave(code: number, message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(code);
}
