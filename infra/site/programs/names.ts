import type { Program } from '../program.js';
import type { Topology } from '../topology.js';

/** The sites' hosts by name on every host of a site: certificates are checked against names, and people read them. */
export const names: Program = {
  name: 'names',
  packages: [],
  connects: () => [],
  render: (topology, machine) => ({
    files: [
      { path: '/etc/hosts', content: `127.0.0.1 localhost\n${siteHosts(topology)}`, onChange: 'reload' },
      { path: '/etc/hostname', content: `${machine.name}\n`, onChange: 'boot' },
    ],
    apply: ['true'],
  }),
};

const siteHosts = ({ machines }: Topology): string =>
  machines
    .filter(({ node }) => node.kind === 'site')
    .map(({ name, address }) => `${address.v4} ${name}\n`)
    .join('');
