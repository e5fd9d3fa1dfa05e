import { type AddressPlan, addressPlan } from './addresses.js';
import { ENDPOINT_SEGMENTS, type EndpointSegment, SITE_SEGMENTS, type SiteSegment } from './identity.js';
import type { City, External, Flow, System, Zone } from './model.js';

/** A prefix that a filter names; what is not ours has no IPv6 prefix in the inventory. */
export interface FlowPrefix {
  readonly v4: string;
  readonly v6: string | undefined;
}

/** A flow whose zones have become prefixes. Everything that filters is emitted from these, and drops the rest. */
export interface ResolvedFlow extends Pick<Flow, 'protocol' | 'ports' | 'over' | 'why'> {
  readonly from: readonly FlowPrefix[];
  readonly to: readonly FlowPrefix[];
}

/** The allowed flows in the inventory's order, resolved once for every target. */
export function resolveFlows(city: City): readonly ResolvedFlow[] {
  const plan = addressPlan(city.plan);
  return city.flows.map(({ from, to, protocol, ports, over, why }) => ({
    from: distinct(from.flatMap(zone => resolveZone(city, plan, zone))),
    to: distinct(to.flatMap(zone => resolveZone(city, plan, zone))),
    protocol,
    ports,
    over,
    why,
  }));
}

/** The flows that let a segment of an office into a system, over the data network. */
export const flowsInto = ({ flows }: City, segment: EndpointSegment, { key }: System): readonly Flow[] =>
  flows.filter(
    ({ from, to, over }) => over === 'data-network' && from.includes(segment) && (to.includes('systems') || to.includes(`system.${key}`)),
  );

/** Whether people at an office may use a system: from any segment of theirs, at the system's own port. */
export const mayUse = (city: City, system: System): boolean =>
  PEOPLE.some(segment => flowsInto(city, segment, system).some(({ protocol, ports }) => protocol === 'tcp' && ports.includes(system.port)));
/** The management segment has clients only (agents): it offers no service. */
const PEOPLE = ENDPOINT_SEGMENTS.filter(segment => segment !== 'management');

/** The prefixes of one zone: never empty in a city that was loaded. */
export function resolveZone(city: City, plan: AddressPlan, zone: Zone): readonly FlowPrefix[] {
  if (isEndpointSegment(zone)) return [plan.segmentSpan(zone)];
  if (zone === 'systems') return [plan.servicesSpan()];
  if (zone === 'routers') return [plan.loopbacksSpan()];
  if (zone === 'links') return [plan.linksSpan()];
  const [kind, name = ''] = zone.split(/\.(.*)/s);
  if (kind === 'site') return city.sites.map(({ number }) => plan.lanSegment(number, asSiteSegment(name)));
  if (kind === 'system') return systemPrefixes(city, plan, name);
  return externalPrefixes(city.externals, name);
}

const systemPrefixes = ({ systems }: City, plan: AddressPlan, key: string): readonly FlowPrefix[] =>
  systems
    .filter(system => system.key === key)
    .map(({ number }) => plan.service(number))
    .map(({ v4, v6 }) => ({ v4: `${v4}/32`, v6: `${v6}/128` }));

const externalPrefixes = (externals: readonly External[], role: string): readonly FlowPrefix[] =>
  externals.filter(external => external.role === role).flatMap(({ prefixes }) => prefixes.map(v4 => ({ v4, v6: undefined })));

const isEndpointSegment = (zone: Zone): zone is EndpointSegment => (ENDPOINT_SEGMENTS as readonly string[]).includes(zone);

function asSiteSegment(name: string): SiteSegment {
  const segment = SITE_SEGMENTS.find(each => each === name);
  if (segment === undefined) throw new RangeError(`'${name}' is not a segment of a site: ${SITE_SEGMENTS.join(', ')}`);
  return segment;
}

const distinct = (prefixes: readonly FlowPrefix[]): readonly FlowPrefix[] => [
  ...new Map(prefixes.map(prefix => [prefix.v4, prefix])).values(),
];
