/** The matrix of flows, held against what programs do: every connection that one of them opens is allowed. */

import type { Examined } from '../../city/check.js';
import { resolveZone } from '../../city/flows.js';
import { grouped } from '../../city/grouped.js';
import { parseV4, prefixV4 } from '../../city/ip.js';
import type { City, Flow, Zone } from '../../city/model.js';
import { remembered } from '../../city/once.js';
import type { Problem } from '../../city/problem.js';
import type { Rule } from '../../city/rules/rule.js';
import type { ProgramConnection } from '../../site/program.js';
import { programsOf } from '../../site/roles.js';
import type { Machine, Topology } from '../../site/topology.js';
import { zonesOf } from '../symmetry/zones.js';

/** A connection, who opens it, and the zones of either end. */
interface Demand extends ProgramConnection {
  readonly program: string;
  readonly machine: Machine;
  readonly from: readonly Zone[];
  readonly into: readonly Zone[];
}

const CONNECTIONS = {
  demands: 'the matrix of flows allows every connection that a program opens',
  of: 'connections of programs',
} as const satisfies Omit<Rule, 'examine'>;

/** Judges every connection that programs open, as their own modules say. */
export function examineConnections(topology: Topology): Examined {
  const demands = demandsOf(topology);
  const open = grouped(
    demands.filter(demand => !isAllowed(topology.city.flows, demand)),
    ({ program, from, into, protocol, port, over }) => [[program, from.at(-1), into.at(-1), protocol, port, over].join()],
  );
  return {
    rule: 'programs-are-let-through',
    ...CONNECTIONS,
    cases: demands.length,
    findings: [...[...open.values()].map(problemOf), ...withoutLines(topology.city)],
  };
}

/** What goes over offices' own Internet lines needs one that has such a line. */
const withoutLines = ({ flows, links }: City): readonly Problem[] =>
  links.some(({ kind }) => kind === 'internet')
    ? []
    : flows.flatMap(({ over, why }, index) =>
        over === 'internet-line'
          ? [
              {
                rule: 'programs-are-let-through',
                path: `flows.${index}`,
                message: `the flow '${why}' goes over Internet lines of offices, and no office has one`,
                hint: 'add lines of kind internet to links.csv, or take the flow out',
              },
            ]
          : [],
      );

/** Not those of routers and aggregation nodes: what they send themselves, their filters let out. */
function demandsOf(topology: Topology): readonly Demand[] {
  const zones = zoneFinder(topology);
  const behindFilters = topology.machines.filter(({ role }) => !['router', 'aggregation', 'external'].includes(role));
  return behindFilters.flatMap(machine => {
    const own = machine.address.v4;
    const connections = programsOf(machine).flatMap(({ name, connects }) =>
      connects(topology, machine).map(each => ({ ...each, program: name })),
    );
    return connections.filter(({ to }) => to !== own).map(each => ({ ...each, machine, from: zones(own), into: zones(each.to) }));
  });
}

/** The zones that an address is in, the narrowest last. */
function zoneFinder(topology: Topology): (address: string) => readonly Zone[] {
  const { city, plan } = topology;
  const prefixes = zonesOf(topology)
    .toSorted((a, b) => Number(b === 'systems') - Number(a === 'systems'))
    .flatMap(zone => resolveZone(city, plan, zone).map(({ v4 }) => ({ zone, ...prefixV4(v4) })));
  return remembered(address => zonesIn(prefixes, parseV4(address) ?? 0));
}

const zonesIn = (
  prefixes: readonly { readonly zone: Zone; readonly base: number; readonly bits: number }[],
  address: number,
): readonly Zone[] => prefixes.filter(({ base, bits }) => address >= base && address < base + 2 ** (32 - bits)).map(({ zone }) => zone);

const isAllowed = (flows: readonly Flow[], { from, into, protocol, port, over = 'data-network' }: Demand): boolean =>
  flows.some(
    flow =>
      flow.protocol === protocol &&
      flow.over === over &&
      (port === undefined || flow.ports.includes(port)) &&
      flow.from.some(zone => from.includes(zone)) &&
      flow.to.some(zone => into.includes(zone)),
  );

/** One problem for all connections that one change of the matrix would allow. */
function problemOf(demands: readonly Demand[]): Problem {
  const [{ machine, program, to, protocol, port, over, why, from, into }] = demands as readonly [Demand, ...Demand[]];
  const service = port === undefined ? protocol : `${protocol} ${port}`;
  const more = demands.length > 1 ? `, and ${demands.length - 1} more alike` : '';
  const flow = `{ from: [${from.at(-1)}], to: [${into.at(-1)}], protocol: ${protocol}${port === undefined ? '' : `, ports: [${port}]`}${over === undefined ? '' : `, over: ${over}`}, why: … }`;
  return {
    rule: 'programs-are-let-through',
    path: 'flows',
    message: `no flow lets ${program} of ${machine.name} reach ${to} at ${service}, where it ${why}${more}`,
    hint: `add ${flow}, or the port to a flow between them`,
  };
}
