/**
 * The canary's server: stands in for one of the city's proprietary applications, on the real path to the real database.
 *
 * `canary-server CONFIG SYSTEM` runs; `canary-server --check CONFIG` exits 0, or 2 with every problem on stderr.
 */

import { readFile } from 'node:fs/promises';
import { type CanaryServerConfiguration, parseCanaryServerConfiguration, type ServedSystem } from '../../contract/canary.js';
import { openConnections } from './connections.js';
import { type Documents, documentsOf } from './documents.js';
import { canaryServer } from './http.js';
import { instruments } from './instruments.js';

const args = process.argv.slice(2);
const checking = args[0] === '--check';
const configuration = await readConfiguration(checking ? args[1] : args[0]);
if (!checking) await serve(configuration, systemOf(configuration, args[1]));

async function readConfiguration(path: string | undefined): Promise<CanaryServerConfiguration> {
  if (path === undefined) return refuse(['usage: canary-server CONFIG SYSTEM | canary-server --check CONFIG']);
  const text = await readFile(path, 'utf8').catch((error: Error) => refuse([error.message]));
  const parsed = parseCanaryServerConfiguration(text);
  return parsed.ok ? parsed.value : refuse(parsed.problems.map(problem => `${path}: ${problem}`));
}

function systemOf({ systems }: CanaryServerConfiguration, key: string | undefined): ServedSystem {
  const known = systems.map(system => system.key).join(', ');
  return systems.find(system => system.key === key) ?? refuse([`no system '${key ?? ''}': known are ${known}`]);
}

function refuse(problems: readonly string[]): never {
  process.stderr.write(`${problems.join('\n')}\n`);
  process.exit(2);
}

async function serve({ site, host, listen, writer }: CanaryServerConfiguration, system: ServedSystem): Promise<void> {
  process.on('SIGTERM', () => process.exit(0));
  const documents = await openDocuments(writer, system);
  const server = canaryServer({ system, site, host, documents }, instruments(system.key));
  server.on('error', error => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  });
  server.listen(system.port, listen, () => process.stdout.write(`canary for ${system.key} on ${listen}:${system.port}\n`));
}

async function openDocuments(writer: CanaryServerConfiguration['writer'], { database }: ServedSystem): Promise<Documents | undefined> {
  if (database === undefined) return undefined;
  return documentsOf(await openConnections({ ...writer, password: process.env.PGPASSWORD, database }));
}
