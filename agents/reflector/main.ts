/** `reflector CONFIG` runs; exit 2 with every problem on stderr when the configuration is wrong. */

import { readFile } from 'node:fs/promises';
import { parseReflectorConfiguration, type ReflectorConfiguration } from '../contract/reflector.js';
import { reflector } from './reflector.js';

void readConfiguration(process.argv[2]).then(run);

async function readConfiguration(path: string | undefined): Promise<ReflectorConfiguration> {
  if (path === undefined) return refuse(['usage: reflector CONFIG']);
  const text = await readFile(path, 'utf8').catch((error: Error) => refuse([error.message]));
  const parsed = parseReflectorConfiguration(text);
  return parsed.ok ? parsed.value : refuse(parsed.problems.map(problem => `${path}: ${problem}`));
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
