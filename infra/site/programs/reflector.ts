import type { ReflectorConfiguration } from '../../../agents/contract/reflector.js';
import { bundlePath, NODE } from '../host.js';
import { PORT } from '../ports.js';
import type { Program } from '../program.js';
import type { Machine } from '../topology.js';

const CONFIG = '/etc/citydc/reflector.json';

/** Sends the offices' datagrams back, so that each can measure its path to this site. */
export const reflector: Program = reflectorAt();

/** The same, listening on another address than the host's own. */
export function reflectorAt(listen?: string): Program {
  return {
    name: 'reflector',
    packages: ['libstdc++6'],
    connects: () => [],
    render: (_, machine) => ({
      files: [{ path: CONFIG, content: `${JSON.stringify(configOf(machine, listen), undefined, 2)}\n`, onChange: 'restart' }],
      processes: [{ name: 'reflector', user: 'nobody', command: [NODE, bundlePath('reflector'), CONFIG], bundles: ['reflector'] }],
    }),
  };
}

const configOf = ({ node, address }: Machine, listen = address.v4) =>
  ({ schema: 1, site: `s${node.number}`, listen, port: PORT.reflector }) satisfies ReflectorConfiguration;
