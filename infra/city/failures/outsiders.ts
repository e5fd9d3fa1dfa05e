/** What those who are not at an office lose when something fails: citizens on the Internet, the national systems. */

import { type City, type External, linkName, nodeName, type System } from '../model.js';
import { remembered } from '../once.js';
import { type Failure, NOTHING_FAILED } from '../routing/failure.js';
import { predictorOf } from '../routing/prediction.js';

/** An external, and systems of the city that it may use. */
export interface Outsider {
  readonly external: External;
  readonly systems: readonly System[];
}

export interface Outsiders {
  /** Everybody that may use a system, and which. */
  readonly all: readonly Outsider[];
  /** What they do not reach while nothing has failed. */
  always(): readonly Outsider[];
  /** What they lose by a failure; those that are down themselves lose nothing. */
  lost(failure: Failure): readonly Outsider[];
}

/** Externals hang on sites alone: aggregation nodes and offices change nothing for them. */
export function outsidersOf(city: City): Outsiders {
  const all = city.externals
    .map(external => ({ external, systems: systemsFor(city, external) }))
    .filter(({ systems }) => systems.length > 0);
  const links = city.links.filter(({ kind }) => kind === 'core');
  const predict = predictorOf({ ...city, aggregations: [], endpoints: [], links });
  const parts = new Set([...[...city.sites, ...city.externals].map(nodeName), ...links.map(linkName)]);
  const known = new Map([...city.sites, ...city.externals].map(node => [node.number, nodeName(node)]));
  const touched = ({ nodes, links: cut, hosts = new Set() }: Failure): string =>
    [...[...nodes].map(number => known.get(number) ?? ''), ...[...cut].map(number => linkName({ number })), ...hosts]
      .filter(name => parts.has(name) || hosts.has(name))
      .join(' ');
  const missed = remembered((failure: Failure) => {
    const prediction = predict(failure);
    const reaches = (entry: External, { state }: System) => REACHED.has(prediction.trunk(entry.number, state, 'externals').kind);
    return all.map(({ external, systems }) => ({ external, systems: systems.filter(system => !reaches(external, system)) }));
  }, touched);
  return {
    all,
    always: () => missed(NOTHING_FAILED).filter(someSystem),
    lost: failure => {
      const usual = missed(NOTHING_FAILED);
      return missed(failure)
        .map(({ external, systems }, index) => ({
          external,
          systems: systems.filter(system => usual[index]?.systems.includes(system) !== true),
        }))
        .filter(someSystem);
    },
  };
}

const someSystem = ({ systems }: Outsider): boolean => systems.length > 0;

/** An external that is down itself reaches nothing, and loses nothing. */
const REACHED: ReadonlySet<string> = new Set(['delivered', 'source-down']);

/** The systems that a flow lets an external use, at their own ports. */
const systemsFor = ({ flows, systems }: City, { role }: External): readonly System[] =>
  systems.filter(({ key, port }) =>
    flows.some(
      ({ from, to, protocol, ports }) =>
        protocol === 'tcp' &&
        ports.includes(port) &&
        from.includes(`external.${role}`) &&
        (to.includes('systems') || to.includes(`system.${key}`)),
    ),
  );
