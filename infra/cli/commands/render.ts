import { Argument, type Command } from 'commander';
import { grafanaFiles, type Source } from '../../../dashboards/grafana.js';
import { load } from '../../city/load/load.js';
import { DEFAULT_INVENTORY, readInventory } from '../../city/load/read.js';
import { layoutFrom } from '../../site/layout.js';
import { PORT } from '../../site/ports.js';
import { ALL_PROGRAMS } from '../../site/roles.js';
import { machinesOf, type Topology, topologyOf } from '../../site/topology.js';
import type { Context, ExitCode, Invoke } from '../command.js';
import { type FileBelow, writeFolder } from '../folder.js';

/** No program has this name: Grafana is the operator's own. */
const GRAFANA = 'grafana';
const ALL = 'all';

export function configure(command: Command, invoke: Invoke): void {
  const what = new Argument('<what>', `the files of one program on every host, ${GRAFANA}'s provisioning and dashboards, or ${ALL}`);
  command
    .addArgument(what.choices([ALL, GRAFANA, ...ALL_PROGRAMS.map(({ name }) => name)]))
    .argument('[inventory]', 'a folder, or the name of a shipped inventory', DEFAULT_INVENTORY)
    .requiredOption('--out <folder>', `where to write: a folder for each host; with ${ALL} one for ${GRAFANA}, too`)
    .option('--force', 'write into a folder that is not empty: files of the same name are overwritten, nothing is removed')
    .action(invoke(run));
}

async function run({ output }: Context, what: string, inventory: string, { out, force = false }: Options): Promise<ExitCode> {
  const topology = topologyOf(load(await readInventory(inventory)));
  const files = await writeFolder(out, filesOf(topology, what), force);
  output.result({ schema: 1, files }, `${files.length} files under ${out}`);
  return 0;
}

interface Options {
  readonly out: string;
  readonly force?: boolean;
}

function filesOf(topology: Topology, what: string): readonly FileBelow[] {
  if (what === GRAFANA) return grafanaFiles(topology.city, sourcesOf(topology));
  if (what !== ALL) return hostFiles(topology, program => program === what);
  const grafana = filesOf(topology, GRAFANA).map(({ path, content }) => ({ path: `${GRAFANA}/${path}`, content }));
  return [...hostFiles(topology, () => true), ...grafana];
}

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
