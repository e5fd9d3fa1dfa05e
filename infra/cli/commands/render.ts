import { Argument, type Command } from 'commander';
import { diagramFiles } from '../../../dashboards/design/diagram/diagram.js';
import { parseOutline } from '../../../dashboards/design/diagram/outline.js';
import { grafanaFiles, type Source } from '../../../dashboards/grafana.js';
import { type LocatedCity, loadLocated } from '../../city/load/load.js';
import { publishedSchemas } from '../../city/load/published-schemas.js';
import { readInventory, readOutline } from '../../city/load/read.js';
import { layoutFrom } from '../../site/layout.js';
import { PORT } from '../../site/ports.js';
import { ALL_PROGRAMS } from '../../site/roles.js';
import { machinesOf, type Topology, topologyOf } from '../../site/topology.js';
import type { Context, ExitCode, Invoke } from '../command.js';
import { dayOf } from '../day.js';
import { type FileBelow, writeFolder } from '../folder.js';
import { inventoryArgument, inventoryOf } from '../place.js';
import type { CostOptions } from '../render/cost.js';
import type { VpnPeerOptions } from '../render/vpn-peer.js';

/** What is rendered besides the files of programs on hosts; no program has one of these names. */
const APART = {
  grafana: ({ topology }) => grafanaFiles(topology.city, sourcesOf(topology)),
  diagram: ({ topology, outline }) => diagramFiles(topology.city, outline === undefined ? undefined : parseOutline(outline)),
  schema: publishedSchemas,
} as const satisfies Record<string, (of: Rendered) => readonly FileBelow[]>;
/** Of a city on AWS: not part of `all`, and the code is loaded when it is named. */
const ON_AWS = {
  cost: async ({ located, options }) => (await import('../render/cost.js')).cost(located, options),
  'vpn-peer': async ({ located, options }) => (await import('../render/vpn-peer.js')).vpnPeers(located, options),
} as const satisfies Record<string, (of: Rendered) => Promise<Reported>>;
const ALL = 'all';

interface Rendered {
  readonly located: LocatedCity;
  readonly topology: Topology;
  /** The inventory's `city.svg`, which only diagrams read. */
  readonly outline: string | undefined;
  readonly options: Options;
}

/** Files, and the report on them. */
interface Reported {
  readonly files: readonly FileBelow[];
  /** Text for people. */
  readonly text: string;
  /** For `--json`. */
  readonly facts: object;
}

export function configure(command: Command, invoke: Invoke): void {
  const what = new Argument(
    '<what>',
    `the files of one program on every host; grafana's provisioning and dashboards; the network as a diagram (SVG, Mermaid, DOT); \
the schema of an inventory's files for editors; what a city costs on AWS, and the routers at the other end of its \
VPNs; or ${ALL}, which is all but the last two`,
  );
  command
    .addArgument(what.choices([ALL, ...Object.keys(APART), ...Object.keys(ON_AWS), ...ALL_PROGRAMS.map(({ name }) => name)]))
    .addArgument(inventoryArgument())
    .requiredOption(
      '--out <folder>',
      `where to write: a folder for each host; with ${ALL} one for each of ${Object.keys(APART).join(', ')}, too`,
    )
    .option('--force', 'write into a folder that is not empty: files of the same name are overwritten, nothing is removed')
    .option('--prices <file>', 'with cost: a file of other prices, in the form of infra/aws/prices.yaml')
    .option('--node <node...>', 'with vpn-peer: only these nodes (number or name)')
    .option('--tunnels <file...>', 'with vpn-peer: what aws ec2 describe-vpn-connections has printed, a file a region')
    .action(invoke(run));
}

async function run(context: Context, what: string, given: string | undefined, options: Options): Promise<ExitCode> {
  const { out, force = false } = options;
  const inventory = inventoryOf(context, given);
  const [files, outline] = await Promise.all([readInventory(inventory), readOutline(inventory)]);
  const located = loadLocated(files, dayOf(context));
  const rendered: Rendered = { located, topology: topologyOf(located.city), outline, options };
  const {
    files: made,
    text,
    facts,
  } = isOnAws(what) ? await ON_AWS[what](rendered) : { files: filesOf(rendered, what), text: '', facts: {} };
  const written = await writeFolder(out, made, force);
  context.output.result({ schema: 1, files: written, ...facts }, `${text}${written.length} files under ${out}`);
  return 0;
}

interface Options extends CostOptions, VpnPeerOptions {
  readonly out: string;
  readonly force?: boolean;
}

function filesOf(rendered: Rendered, what: string): readonly FileBelow[] {
  if (isApart(what)) return APART[what](rendered);
  if (what !== ALL) return hostFiles(rendered.topology, program => program === what);
  const apart = Object.entries(APART).flatMap(([name, render]) =>
    render(rendered).map(({ path, content }) => ({ path: `${name}/${path}`, content })),
  );
  return [...hostFiles(rendered.topology, () => true), ...apart];
}

const isOnAws = (what: string): what is keyof typeof ON_AWS => what in ON_AWS;
const isApart = (what: string): what is keyof typeof APART => what in APART;

const hostFiles = (topology: Topology, wanted: (program: string) => boolean): readonly FileBelow[] =>
  layoutFrom(topology).hosts.flatMap(({ name, files }) =>
    files.filter(({ program }) => wanted(program)).map(({ path, content }) => ({ path: `${name}${path}`, content })),
  );

/** One Prometheus per site: two of one site have the same data. */
const sourcesOf = (topology: Topology): readonly Source[] =>
  topology.city.sites.flatMap(site =>
    machinesOf(topology, 'monitor', site.number)
      .slice(0, 1)
      .map(({ address }) => ({ site, url: `http://${address.v4}:${PORT.prometheus}` })),
  );
