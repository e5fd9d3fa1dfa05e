import { Argument, type Command } from 'commander';
import { grafanaFiles, type Source } from '../../../dashboards/grafana.js';
import { load } from '../../city/load/load.js';
import { publishedSchemas } from '../../city/load/published-schemas.js';
import { readInventory, readOutline } from '../../city/load/read.js';
import { layoutFrom } from '../../site/layout.js';
import { PORT } from '../../site/ports.js';
import { ALL_PROGRAMS } from '../../site/roles.js';
import { machinesOf, type Topology, topologyOf } from '../../site/topology.js';
import type { Context, ExitCode, Invoke } from '../command.js';
import { diagramFiles } from '../diagram/diagram.js';
import { parseOutline } from '../diagram/outline.js';
import { type FileBelow, writeFolder } from '../folder.js';
import { inventoryArgument, inventoryOf } from '../place.js';

/** What is rendered besides the files of programs on hosts; no program has one of these names. */
const APART = {
  grafana: ({ topology }) => grafanaFiles(topology.city, sourcesOf(topology)),
  diagram: ({ topology, outline }) => diagramFiles(topology.city, outline === undefined ? undefined : parseOutline(outline)),
  schema: publishedSchemas,
} as const satisfies Record<string, (of: Rendered) => readonly FileBelow[]>;
const ALL = 'all';

interface Rendered {
  readonly topology: Topology;
  /** The inventory's `city.svg`, which only diagrams read. */
  readonly outline: string | undefined;
}

export function configure(command: Command, invoke: Invoke): void {
  const what = new Argument(
    '<what>',
    `the files of one program on every host; grafana's provisioning and dashboards; the network as a diagram (SVG, Mermaid, DOT); \
the schema of an inventory's files for editors; or ${ALL}`,
  );
  command
    .addArgument(what.choices([ALL, ...Object.keys(APART), ...ALL_PROGRAMS.map(({ name }) => name)]))
    .addArgument(inventoryArgument())
    .requiredOption(
      '--out <folder>',
      `where to write: a folder for each host; with ${ALL} one for each of ${Object.keys(APART).join(', ')}, too`,
    )
    .option('--force', 'write into a folder that is not empty: files of the same name are overwritten, nothing is removed')
    .action(invoke(run));
}

async function run(context: Context, what: string, given: string | undefined, { out, force = false }: Options): Promise<ExitCode> {
  const inventory = inventoryOf(context, given);
  const [files, outline] = await Promise.all([readInventory(inventory), readOutline(inventory)]);
  const written = await writeFolder(out, filesOf({ topology: topologyOf(load(files)), outline }, what), force);
  context.output.result({ schema: 1, files: written }, `${written.length} files under ${out}`);
  return 0;
}

interface Options {
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

const isApart = (what: string): what is keyof typeof APART => what in APART;

const hostFiles = (topology: Topology, wanted: (program: string) => boolean): readonly FileBelow[] =>
  layoutFrom(topology).hosts.flatMap(({ name, files }) =>
    files.filter(({ program }) => wanted(program)).map(({ path, content }) => ({ path: `${name}${path}`, content })),
  );

/** One Prometheus a site: two of one site would see the same. */
const sourcesOf = (topology: Topology): readonly Source[] =>
  topology.city.sites.flatMap(site =>
    machinesOf(topology, 'monitor', site.number)
      .slice(0, 1)
      .map(({ address }) => ({ site, url: `http://${address.v4}:${PORT.prometheus}` })),
  );
