/**
 * The canary's server: stands in for the city's proprietary applications, on the real path to the real databases.
 *
 * One process a host, one server a system, each on its own port with its own connections: thirty processes would cost a city in the lab
 * six seconds of processor time to start.
 *
 * `canary-server CONFIG` runs; `canary-server --check CONFIG` exits 0, or 2 with every problem on stderr.
 */

import { type CanaryServerConfiguration, parseCanaryServerConfiguration, type ServedSystem } from '../../contract/canary.js';
import { readConfiguration } from '../../contract/read-configuration.js';
import { openConnections } from './connections.js';
import { type Documents, documentsOf } from './documents.js';
import { canaryServer } from './http.js';
import { instruments } from './instruments.js';

void main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<void> {
  const checking = args[0] === '--check';
  const configuration = await readConfiguration(
    checking ? args[1] : args[0],
    parseCanaryServerConfiguration,
    'canary-server [--check] CONFIG',
  );
  if (!configuration.ok) return refuse(configuration.problems);
  if (checking) return;
  process.on('SIGTERM', () => process.exit(0));
  await Promise.all(configuration.value.systems.map(system => serve(configuration.value, system)));
}

function refuse(problems: readonly string[]): never {
  process.stderr.write(`${problems.join('\n')}\n`);
  process.exit(2);
}

async function serve({ site, host, listen, writer }: CanaryServerConfiguration, system: ServedSystem): Promise<void> {
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
  return documentsOf(await openConnections(writer, { ...database, password: process.env[database.passwordVariable] }));
}
