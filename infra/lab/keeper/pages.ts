import { type ChildProcess, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server } from 'node:net';
import type { Page } from '../../fabric/realisation.js';
import { PORT } from '../../site/ports.js';
import { machinesOf, topologyOf } from '../../site/topology.js';
import { readApplied } from '../applied.js';
import type { StateFolder } from '../state-folder.js';
import type { PageProgram } from './gate.js';
import type { PageTarget } from './relay.js';

const PROGRAMS = { Prometheus: PORT.prometheus, Alertmanager: PORT.alertmanager } as const satisfies Record<PageProgram, number>;
/** Pages of the first monitor have the programs' own ports; those of each further one are 100 higher. */
const SITE_STEP = 100;
const RESTART_MS = 1000;

/**
 * Offers the monitors' pages on ports of 127.0.0.1 to who has the city's token, and stores their URLs in the state folder. A port that is
 * taken is replaced by a free one.
 *
 * @param file the built keeper, which also runs as the relay inside a host
 * @returns ends the forwarding
 */
export async function offerPages(state: StateFolder, file: string, log: (text: string) => void): Promise<() => void> {
  const applied = await readApplied(state);
  const monitors = applied === undefined ? [] : machinesOf(topologyOf(applied.city), 'monitor');
  const relays = await Promise.all(
    monitors.map((monitor, index) => offerHost(state, file, { host: monitor.name, address: monitor.address.v4, index }, log)),
  );
  const pages = relays.flatMap(relay => relay.pages);
  await writeFile(state.pages, JSON.stringify({ schema: 1, pages }), { mode: 0o600 });
  return () => {
    for (const relay of relays) relay.end();
  };
}

interface Monitor {
  readonly host: string;
  readonly address: string;
  readonly index: number;
}

async function offerHost(
  state: StateFolder,
  file: string,
  monitor: Monitor,
  log: (text: string) => void,
): Promise<{ pages: readonly Page[]; end(): void }> {
  const offered = await Promise.all(
    Object.entries(PROGRAMS).map(async ([name, port]) => {
      const server = await listen(port + monitor.index * SITE_STEP);
      const offeredOn = (server.address() as AddressInfo).port;
      const where = { address: monitor.address, port, offeredOn, access: state.pageAccess };
      return { server, target: { program: name as PageProgram, ...where } satisfies PageTarget };
    }),
  );
  let ended = false;
  let child: ChildProcess;
  const begin = () => {
    child = spawn('nsenter', [`--net=${state.namespace(monitor.host)}`, process.execPath, file, 'relay'], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    child.on('error', error => log(`${monitor.host}: ${error.message}`));
    child.on('exit', code => {
      if (!ended) log(`the relay into ${monitor.host} ended (${code}); starting it again`);
      if (!ended) setTimeout(begin, RESTART_MS);
    });
  };
  begin();
  for (const { target, server } of offered)
    server.on('connection', client => (child.connected ? child.send(target, client) : client.destroy()));
  return {
    pages: offered.map(({ target: { program, offeredOn } }) => ({
      name: program,
      host: monitor.host,
      url: `http://127.0.0.1:${offeredOn}/`,
    })),
    end: () => {
      ended = true;
      for (const { server } of offered) server.close();
      child.kill();
    },
  };
}

/** Listens on a port of 127.0.0.1, or on any free one if it is taken. Connections are paused: the relay reads them, not this process. */
function listen(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer({ pauseOnConnect: true });
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' && port !== 0 ? listen(0).then(resolve, reject) : reject(error),
    );
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
