/**
 * Security groups as data: from the inventory's allowed flows, as the lab's nftables are. Pure.
 *
 * A segment of all offices is one prefix, so that rules stay few at any size. Differences from the lab are here only: on AWS systems have no
 * anycast addresses, and applications connect to the database without HAProxy.
 */

import type { AddressPlan } from '../../city/addresses.js';
import { resolveZone } from '../../city/flows.js';
import { type ElementNumber, SITE_SEGMENTS, type SiteSegment } from '../../city/identity.js';
import type { City, Flow, System, Zone } from '../../city/model.js';
import { runsOf } from '../../city/runs.js';
import { appPort, PORT } from '../../site/ports.js';
import { MONITOR_HEALTH_PORT, MONITOR_PORTS, protocolsOf } from './monitoring.js';
import { AWS_ROLES, planOf } from './names.js';

/** Rules each way in one security group. @see https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html */
export const RULES_A_GROUP = 60;

/** One rule of a security group. */
export interface SecurityRule {
  readonly cidr: string;
  readonly protocol: Flow['protocol'];
  /** Ports, first and last; of icmp the type and any code. */
  readonly from: number;
  readonly to: number;
  readonly why: string;
}

export interface Admission {
  readonly ingress: readonly SecurityRule[];
  readonly egress: readonly SecurityRule[];
}

/** The rules of a system's load balancer: who reaches it, and its way to the application. */
export function systemAdmission(city: City, system: System, site: ElementNumber): Admission {
  const plan = planOf(city);
  return {
    ingress: merged(
      dataFlows(city)
        .filter(to(systemZones(system)))
        .flatMap(flow => openings(city, flow, flow.from)),
    ),
    egress: merged([
      opening(
        plan.lanSegment(site, 'application').v4,
        'tcp',
        [appPort(system.number), appPort(system.number)],
        'requests, and whether it answers',
      ),
      ...udpFlows(city, system).flatMap(({ ports, why }) =>
        runsOf(ports).map(range => opening(plan.lanSegment(site, 'application').v4, 'udp', range, why)),
      ),
    ]),
  };
}

/** The rules of a system's tasks: its load balancer, UDP with the senders' own addresses, the database, and the flows of `site.application`. */
export function applicationAdmission(city: City, system: System, site: ElementNumber): Admission {
  const plan = planOf(city);
  const own = appPort(system.number);
  const flows = dataFlows(city);
  return {
    ingress: merged([
      opening(plan.lanSegment(site, 'edge').v4, 'tcp', [own, own], 'its load balancer'),
      ...flows
        .filter(to(['site.application']))
        .filter(flow => flow.ports.includes(own))
        .flatMap(flow => openings(city, { ...flow, ports: [own] }, flow.from)),
      ...udpFlows(city, system).flatMap(flow => openings(city, flow, flow.from)),
    ]),
    egress: merged([
      ...(system.state === 'database'
        ? [opening(plan.lanSegment(site, 'data').v4, 'tcp', [PORT.postgres, PORT.postgres], 'the database')]
        : []),
      ...flows
        .filter(from(['site.application']))
        .filter(awayFromEdge)
        .flatMap(flow => openings(city, flow, flow.to)),
      ...endpoints(plan, site),
    ]),
  };
}

/** The rules of the database: it admits its own site's applications, and opens no connections. */
export const databaseAdmission = (city: City, site: ElementNumber): Admission => ({
  ingress: [opening(planOf(city).lanSegment(site, 'application').v4, 'tcp', [PORT.postgres, PORT.postgres], 'applications')],
  egress: [],
});

/**
 * The rules of the monitor and its load balancer: the agents that push, and all that it watches. Both have this one group, so that it also
 * admits the traffic between them, on every port of the balancer.
 */
export function monitorAdmission(city: City, site: ElementNumber): Admission {
  const flows = dataFlows(city);
  const own = planOf(city).lanSegment(site, 'operations').v4;
  const forwarded = [
    ...MONITOR_PORTS.flatMap(({ protocol, port }) =>
      protocolsOf(protocol).map(each => opening(own, each, [port, port], 'through its balancer')),
    ),
    opening(own, 'tcp', [MONITOR_HEALTH_PORT, MONITOR_HEALTH_PORT], 'whether it answers'),
  ];
  return {
    ingress: merged([...flows.filter(to(['site.operations'])).flatMap(flow => openings(city, flow, flow.from)), ...forwarded]),
    egress: merged([
      ...flows.filter(from(['site.operations'])).flatMap(flow => openings(city, flow, flow.to)),
      ...forwarded,
      ...endpoints(planOf(city), site),
    ]),
  };
}

/** The endpoints of AWS's services are in the application subnets, that of S3 with the images' layers among them. */
const endpoints = (plan: AddressPlan, site: ElementNumber): readonly SecurityRule[] => [
  opening(plan.lanSegment(site, 'application').v4, 'tcp', [443, 443], 'AWS services'),
];

/** The zone with the most rules in one direction, for the limit of a security group. */
export function mostRules(city: City): { readonly zone: Zone; readonly count: number } {
  const [site] = city.sites;
  const number = site?.number as ElementNumber;
  const sizes = (zone: Zone, { ingress, egress }: Admission) => ({ zone, count: Math.max(ingress.length, egress.length) });
  const all = [
    sizes('site.operations', monitorAdmission(city, number)),
    ...city.systems.flatMap(system => [
      sizes(`system.${system.key}`, systemAdmission(city, system, number)),
      sizes('site.application', applicationAdmission(city, system, number)),
    ]),
  ];
  return all.toSorted((a, b) => b.count - a.count)[0] ?? { zone: 'systems', count: 0 };
}

const dataFlows = ({ flows }: City): readonly Flow[] => flows.filter(({ over }) => over === 'data-network');
const systemZones = ({ key }: System): readonly Zone[] => ['systems', `system.${key}`];
const to =
  (zones: readonly Zone[]) =>
  (flow: Flow): boolean =>
    flow.to.some(zone => zones.includes(zone));
const from =
  (zones: readonly Zone[]) =>
  (flow: Flow): boolean =>
    flow.from.some(zone => zones.includes(zone));

const udpFlows = (city: City, system: System): readonly Flow[] =>
  dataFlows(city)
    .filter(({ protocol }) => protocol === 'udp')
    .filter(to(systemZones(system)));

/** The edge leads to the database in the lab; here applications connect themselves. */
const awayFromEdge = (flow: Flow): boolean => flow.to.some(zone => zone !== 'site.edge');

function openings(city: City, { protocol, ports, why }: Flow, zones: readonly Zone[]): readonly SecurityRule[] {
  const prefixes = zones.flatMap(zone => prefixesOf(city, zone));
  return prefixes.flatMap(cidr =>
    protocol === 'icmp' ? [opening(cidr, protocol, PING, why)] : runsOf(ports).map(range => opening(cidr, protocol, range, why)),
  );
}
/** Echo requests, with any code. */
const PING = [8, -1] as const;

/** A zone's prefixes on AWS: of sites only those that are there, and of systems the edge subnets with their load balancers. */
function prefixesOf(city: City, zone: Zone): readonly string[] {
  const plan = planOf(city);
  const sites = city.sites.filter(({ role }) => (AWS_ROLES as readonly string[]).includes(role));
  const segment = SITE_SEGMENTS.find(each => zone === `site.${each}`) ?? (zone.startsWith('system') ? 'edge' : undefined);
  if (segment === undefined) return resolveZone(city, plan, zone).map(({ v4 }) => v4);
  return sites.map(({ number }) => plan.lanSegment(number, segment satisfies SiteSegment).v4);
}

const opening = (
  cidr: string,
  protocol: SecurityRule['protocol'],
  [first, last]: readonly [number, number],
  why: string,
): SecurityRule => ({
  cidr,
  protocol,
  from: first,
  to: last,
  why,
});

/** One rule where several flows allow the same; it has the reason of the first. */
const merged = (list: readonly SecurityRule[]): readonly SecurityRule[] =>
  [...new Map(list.toReversed().map(each => [`${each.cidr} ${each.protocol} ${each.from} ${each.to}`, each])).values()].toReversed();
