/** The matrix as attempts in a running city: from an office of every kind and from every site segment and external, to every zone. */

import type { Attempt } from '../../agents/contract/prober.js';
import type { Family } from '../../infra/city/addresses.js';
import { ENDPOINT_SEGMENTS, SITE_SEGMENTS } from '../../infra/city/identity.js';
import { type City, ENDPOINT_KINDS, type Endpoint, type External, type Site, type Zone } from '../../infra/city/model.js';
import { isDataCentre } from '../../infra/city/routing/policy.js';
import type { Protocol } from '../../infra/segmentation/sets/packets.js';
import { firstAddress } from '../../infra/site/programs/network.js';
import { gatewayName, linkAddresses, type Machine, type Topology } from '../../infra/site/topology.js';

/** One attempt, and whether the matrix allows it. */
export interface MatrixAttempt extends Attempt {
  readonly host: string;
  readonly family: Family;
  readonly from: Zone;
  readonly to: Zone;
  /** Where it goes, for people. */
  readonly towards: string;
  readonly allowed: boolean;
}

interface Origin {
  readonly host: string;
  readonly zone: Zone;
  readonly source: string;
  readonly machine: Machine;
}
interface Target {
  readonly zone: Zone;
  readonly name: string;
  readonly address: string;
}

/** Every attempt in one family, in the order of the zones. */
export function matrixAttempts(topology: Topology, family: Family): readonly MatrixAttempt[] {
  const attempted = servicesTried(topology.city);
  return originsOf(topology, family).flatMap(origin =>
    targetsOf(topology, origin, family).flatMap(target =>
      attempted(origin.zone, target.zone).map(({ protocol, port }) => ({
        host: origin.host,
        family,
        from: origin.zone,
        to: target.zone,
        towards: target.name,
        source: origin.source,
        destination: target.address,
        protocol,
        port,
        allowed: isAllowed(topology, origin, target, { protocol, port }),
      })),
    ),
  );
}

function originsOf(topology: Topology, family: Family): readonly Origin[] {
  const { city, plan, machines } = topology;
  const named = (name: string): readonly Machine[] => machines.filter(machine => machine.name === name);
  const offices = ENDPOINT_KINDS.flatMap(kind => city.endpoints.filter(endpoint => endpoint.class === kind).slice(0, 1));
  return [
    ...offices.flatMap(office =>
      named(`e${office.number}`).flatMap(machine =>
        ENDPOINT_SEGMENTS.map(zone => ({ host: machine.name, zone, source: plan.gateway(office.number, zone)[family], machine })),
      ),
    ),
    ...SITE_SEGMENTS.flatMap(segment => {
      const machine = machines.find(each => each.segment === segment);
      return machine === undefined
        ? []
        : [{ host: machine.name, zone: `site.${segment}` as const, source: machine.address[family], machine }];
    }),
    ...city.externals.flatMap(external =>
      named(`x${external.number}`).flatMap(machine =>
        externalAddress(external, family).map(source => ({
          host: machine.name,
          zone: `external.${external.role}` as const,
          source,
          machine,
        })),
      ),
    ),
  ];
}

/** Externals have no IPv6 in the inventory. */
const externalAddress = ({ prefixes }: External, family: Family): readonly string[] =>
  family === 'v6' ? [] : prefixes.slice(0, 1).map(firstAddress);

/** One or two destinations in every zone, all of them routed while nothing is down, so that only filters decide. */
function targetsOf(topology: Topology, origin: Origin, family: Family): readonly Target[] {
  const { city, plan } = topology;
  return [
    ...otherOffices(city, origin.machine).flatMap(office =>
      ENDPOINT_SEGMENTS.map(zone => ({ zone, name: `e${office.number}`, address: plan.gateway(office.number, zone)[family] })),
    ),
    ...city.sites.filter(isDataCentre).flatMap(site => siteTargets(topology, origin, site, family)),
    // On an edge the systems' addresses are its own: nothing of it goes through a filter.
    ...(origin.machine.role === 'edge' ? [] : city.systems).map(({ key, number }) => ({
      zone: `system.${key}` as const,
      name: key,
      address: plan.service(number)[family],
    })),
    ...city.externals
      .filter(({ number }) => number !== origin.machine.node.number)
      .flatMap(external =>
        externalAddress(external, family).map(address => ({
          zone: `external.${external.role}` as const,
          name: `x${external.number}`,
          address,
        })),
      ),
    ...routersNear(topology, origin.machine).map(node => ({
      zone: 'routers' as const,
      name: gatewayName(node),
      address: plan.loopback(node.number)[family],
    })),
    ...linkEndsNear(topology, origin.machine, family),
  ];
}

/** One behind the same aggregation node and one behind another. */
function otherOffices({ endpoints }: City, { node }: Machine): readonly Endpoint[] {
  const own = node.kind === 'endpoint' ? node.aggregation : undefined;
  const others = endpoints.filter(({ number }) => number !== node.number);
  return [others.find(({ aggregation }) => aggregation === own), others.find(({ aggregation }) => aggregation !== own)].flatMap(
    office => office ?? [],
  );
}

/** One host in every segment of a site, but for the origin's own: there it is switched and meets no filter. */
const siteTargets = (topology: Topology, { machine }: Origin, site: Site, family: Family): readonly Target[] =>
  SITE_SEGMENTS.flatMap(segment => {
    const host = topology.machines.find(each => each.node === site && each.segment === segment);
    if (host === undefined || (machine.node === site && machine.segment === segment)) return [];
    return [{ zone: `site.${segment}` as const, name: host.name, address: host.address[family] }];
  });

/** Routers that the origin can reach: a site's, and the office's own aggregation node. */
function routersNear({ city, nodes }: Topology, { node }: Machine): readonly Machine['node'][] {
  const [site] = city.sites.filter(isDataCentre);
  const aggregation = node.kind === 'endpoint' ? nodes.get(node.aggregation) : city.aggregations[0];
  return [site, node.kind === 'external' ? undefined : aggregation].flatMap(each => each ?? []);
}

/** Far ends of links that the origin, or its site's router, is joined by. */
function linkEndsNear({ plan, linksAt }: Topology, { node }: Machine, family: Family): readonly Target[] {
  const links = (linksAt.get(node.number) ?? []).filter(({ kind }) => kind === 'core' || kind === 'access');
  const [link] = links;
  return link === undefined
    ? []
    : [{ zone: 'links', name: `the far end of l${link.number}`, address: linkAddresses(plan, link, node.number).peer[family] }];
}

interface Service {
  readonly protocol: Protocol;
  readonly port: number;
}

/** Ports that something listens on, so that a packet that is let through by mistake gets an answer. */
const LISTENED = {
  tcp: [22, 80, 179, 443, 2379, 5000, 5432, 8008, 9090],
  udp: [3784, 8862, 9094, 10_000],
} as const;

/** What is tried between two zones: every port that a flow between them names, the ports beside those, and ports of others. */
function servicesTried({ flows }: City): (from: Zone, to: Zone) => readonly Service[] {
  return (from, to) => {
    const between = flows.filter(flow => named(flow.from, from) && named(flow.to, to));
    const of = (protocol: 'tcp' | 'udp') => {
      const ports = between.filter(flow => flow.protocol === protocol).flatMap(flow => flow.ports);
      const beside = ports.flatMap(port => [port - 1, port, port + 1]).filter(port => port >= 1 && port <= 65_535);
      return [...new Set([...beside, ...LISTENED[protocol]])].toSorted((a, b) => a - b).map(port => ({ protocol, port }));
    };
    return [...of('tcp'), ...of('udp'), { protocol: 'icmp', port: 0 }];
  };
}

const named = (zones: readonly Zone[], zone: Zone): boolean =>
  zones.includes(zone) || (zone.startsWith('system.') && zones.includes('systems'));

/** Whether the matrix allows it over the link that it takes: to the Internet an office's own line, where it has one. */
function isAllowed({ city, linksAt }: Topology, origin: Origin, target: Target, { protocol, port }: Service): boolean {
  const line = (linksAt.get(origin.machine.node.number) ?? []).some(({ kind }) => kind === 'internet');
  const over = origin.machine.role === 'office' && target.zone === 'external.internet' && line ? 'internet-line' : 'data-network';
  return city.flows.some(
    flow =>
      flow.over === over &&
      flow.protocol === protocol &&
      named(flow.from, origin.zone) &&
      named(flow.to, target.zone) &&
      (protocol === 'icmp' || flow.ports.includes(port)),
  );
}
