import type { Host, HostFile, HostSecret, Layout, Process } from './host.js';
import type { Program, Rendered } from './program.js';
import { applyFile, supervise, supervisor } from './programs/supervisor.js';
import { programsOf } from './roles.js';
import type { Machine, Topology } from './topology.js';

/**
 * A city's topology -> hosts with their files and processes, and the wires between them. Pure: same city, same bytes.
 *
 * @param own what a target puts on every host beside the programs of its role
 */
export const layoutFrom = (topology: Topology, own: readonly Program[] = []): Layout => ({
  city: topology.city.id,
  hosts: topology.machines.map(machine => hostOf(topology, machine, own)),
  wires: topology.wires,
});

function hostOf(topology: Topology, machine: Machine, own: readonly Program[]): Host {
  const parts = [...programsOf(machine), ...own].map(program => ({ program, rendered: program.render(topology, machine) }));
  const processes = parts.flatMap(processesOf);
  const applies = Object.fromEntries(
    parts.flatMap(({ program, rendered }) => (rendered.apply === undefined ? [] : [[program.name, rendered.apply]])),
  );
  return {
    name: machine.name,
    node: machine.node.number,
    role: machine.role,
    slot: machine.slot,
    segment: machine.segment,
    address: machine.address.v4,
    sysctls: Object.assign({}, ...parts.map(({ rendered }) => rendered.sysctls ?? {})),
    capabilities: parts.flatMap(({ program }) => program.capabilities ?? []),
    folders: parts.flatMap(({ rendered }) => rendered.folders ?? []),
    files: [
      ...parts.flatMap(filesOf),
      { ...applyFile(processes, applies), program: supervisor.name },
      ...processes.flatMap(superviseFiles),
    ],
    processes,
    secrets: parts.flatMap(secretsOf),
  };
}

interface Part {
  readonly program: Program;
  readonly rendered: Rendered;
}
const filesOf = ({ program, rendered }: Part): readonly HostFile[] =>
  (rendered.files ?? []).map(file => ({ ...file, program: program.name }));
const secretsOf = ({ program, rendered }: Part): readonly HostSecret[] =>
  (rendered.secrets ?? []).map(secret => ({ ...secret, program: program.name }));
const processesOf = ({ program, rendered }: Part): readonly Process[] =>
  (rendered.processes ?? []).map(process => ({ ...process, program: program.name }));
const superviseFiles = (process: Process): readonly HostFile[] =>
  supervise(process).map(file => ({ ...file, program: process.program, onChange: 'restart' as const }));
