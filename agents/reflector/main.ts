/** `reflector CONFIG` runs; exit 2 with every problem on stderr when the configuration is wrong. */

import { readConfiguration } from '../contract/read-configuration.js';
import { parseReflectorConfiguration, type ReflectorConfiguration } from '../contract/reflector.js';
import { reflector } from './reflector.js';

void main(process.argv[2]);

async function main(path: string | undefined): Promise<void> {
  const configuration = await readConfiguration(path, parseReflectorConfiguration, 'reflector CONFIG');
  if (configuration.ok) run(configuration.value);
  else refuse(configuration.problems);
}

function refuse(problems: readonly string[]): never {
  process.stderr.write(`${problems.join('\n')}\n`);
  process.exit(2);
}

function run({ site, listen, port }: ReflectorConfiguration): void {
  process.on('SIGTERM', () => process.exit(0));
  const socket = reflector(Date.now);
  socket.on('error', error => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  });
  socket.bind(port, listen, () => process.stdout.write(`reflecting for ${site} on ${listen}:${port}\n`));
}
