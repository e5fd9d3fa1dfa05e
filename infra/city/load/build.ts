import type { ElementNumber, LinkNumber, SystemNumber } from '../identity.js';
import type {
  Aggregation,
  Carrier,
  City,
  Endpoint,
  External,
  Flow,
  Link,
  SharedRiskGroup,
  Site,
  System,
  Validity,
  Zone,
} from '../model.js';
import { awsOf } from '../targets/aws/build.js';
import type { DockerHost } from '../targets/docker/docker-host.js';
import { elementsOf, isActive } from './checks/elements.js';
import type { Draft } from './draft.js';
import { type Dated, type LoadedEntry, type Section, type Sound, soundOf } from './entry.js';
import { portsOf } from './schema.js';

/** A service that has answered for so long is expected to stay: one that flaps moves its users once, and not with every flap. */
const HOLD_DOWN_SECONDS = 30;

/** The city of a draft without problems. Lists are in order of number, or of key. */
export function buildCity(draft: Draft): City {
  return {
    id: required(draft.id),
    name: required(draft.name),
    timeZone: required(draft.timeZone),
    plan: required(draft.plan),
    sites: active(draft.sites).map(siteOf),
    aggregations: active(draft.aggregations).map(aggregationOf),
    externals: active(draft.externals).map(externalOf),
    endpoints: active(draft.endpoints).map(endpointOf),
    links: active(draft.links).map(linkOf),
    carriers: byKey(soundOf(draft.carriers).map(({ key, value }) => ({ key, ...value }))),
    riskGroups: riskGroupsOf(draft),
    tiers: byKey(soundOf(draft.tiers)).map(({ key, value }) => ({ name: key, ceiling: value })),
    dockerHosts: byKey(soundOf(draft.dockerHosts).map(dockerHostOf)),
    systems: active(draft.systems).map(systemOf),
    capacity: capacityOf(required(draft.capacity)),
    flows: soundOf(draft.flows).map(({ value }) => flowOf(value)),
    accepted: soundOf(draft.accepted).map(({ value }) => value),
    totals: required(draft.totals),
    failover: draft.failover.value ?? { holdDownSeconds: HOLD_DOWN_SECONDS },
    aws: draft.aws.value === undefined ? undefined : awsOf(draft.aws.value, activeNumbers(draft)),
    planned: numbersIn('planned', draft),
    retired: numbersIn('retired', draft),
  };
}

type Output<K extends keyof Draft> = Draft[K] extends Section<infer T> ? Sound<T> : never;

const siteOf = ({ key, value }: Output<'sites'>): Site => {
  const { role, latitude, longitude, hosts } = value;
  return { kind: 'site', ...elementOf(key, value), role, latitude, longitude, hosts: mapSlots(hosts) };
};

const mapSlots = (hosts: Site['hosts']): Site['hosts'] =>
  Object.fromEntries(Object.entries(hosts).map(([role, slots]) => [role, slots.toSorted((a, b) => a - b)])) as unknown as Site['hosts'];

const aggregationOf = ({ key, value }: Output<'aggregations'>): Aggregation => {
  const { latitude, longitude } = value;
  return { kind: 'aggregation', ...elementOf(key, value), latitude, longitude };
};

const externalOf = ({ key, value }: Output<'externals'>): External => {
  const { role, prefixes, services } = value;
  return { kind: 'external', ...elementOf(key, value), role, prefixes, services };
};

function endpointOf({ key, value }: Output<'endpoints'>): Endpoint {
  const {
    nameVi,
    nameEn,
    pcs,
    scanners,
    printers,
    ups,
    aggregation,
    validFrom: _from,
    validUntil: _until,
    number: _number,
    ...rest
  } = value;
  return {
    kind: 'endpoint',
    ...elementOf(key, { ...value, name: { vi: nameVi, en: nameEn } }),
    class: rest.class,
    code: rest.code,
    district: rest.district,
    latitude: rest.latitude,
    longitude: rest.longitude,
    aggregation: aggregation.number as ElementNumber,
    videoPoints: rest.videoPoints,
    users: rest.users,
    peopleServed: rest.peopleServed,
    hours: rest.hours,
    owner: rest.owner,
    phone: rest.phone,
    powerFeed: rest.powerFeed,
    securityLevel: rest.securityLevel,
    equipment: { pcs, scanners, printers, ups },
  };
}

function linkOf({ key, value }: Output<'links'>): Link {
  const { kind, from, to, carrier, riskGroups, rate, rateBack, mtuBytes, assumed } = value;
  return {
    number: Number(key) as LinkNumber,
    kind,
    ends: [from.number as ElementNumber, to.number as ElementNumber],
    carrier,
    riskGroups: [...new Set([carrier, ...riskGroups])].toSorted(),
    rateBps: [rate, rateBack],
    mtuBytes,
    validity: validityOf(value),
    assumed,
  };
}

const dockerHostOf = ({ key, value: { sites, ...rest } }: Output<'dockerHosts'>): DockerHost => ({
  key,
  ...rest,
  sites: sites.toSorted((a, b) => a - b) as ElementNumber[],
});

function systemOf({ key, value }: Output<'systems'>): System {
  const { validFrom: _from, validUntil: _until, demand, ...rest } = value;
  const { per, toSystem, toOffice } = demand;
  return { number: Number(key) as SystemNumber, ...rest, demand: { per, toSystemBps: toSystem, toOfficeBps: toOffice } };
}

const capacityOf = ({ replication, ...rest }: NonNullable<Draft['capacity']['value']>): City['capacity'] => ({
  ...rest,
  replicationBps: replication,
});

const flowOf = ({ from, to, ports, ...rest }: NonNullable<Output<'flows'>['value']>): Flow => ({
  from: from as Zone[],
  to: to as Zone[],
  ports: [...new Set(ports.flatMap(portsOf))].toSorted((a, b) => a - b),
  ...rest,
});

/** Carriers are groups too: what one carrier carries fails with it. */
function riskGroupsOf(draft: Draft): readonly SharedRiskGroup[] {
  const carriers: readonly Carrier[] = soundOf(draft.carriers).map(({ key, value }) => ({ key, ...value }));
  return byKey([
    ...soundOf(draft.riskGroups).map(({ key, value }) => ({ key, ...value })),
    ...carriers.map(({ key, name, assumed }) => ({ key, kind: 'carrier' as const, name, assumed })),
  ]);
}

interface ElementInput extends Dated {
  readonly name: { readonly vi: string; readonly en: string };
  readonly riskGroups: readonly string[];
  readonly assumed: readonly string[];
}

const elementOf = (key: string, input: ElementInput) => ({
  number: Number(key) as ElementNumber,
  name: input.name,
  validity: validityOf(input),
  assumed: input.assumed,
  riskGroups: input.riskGroups,
});

const validityOf = ({ validFrom, validUntil }: Dated): Validity => ({
  ...(validFrom === undefined ? {} : { from: validFrom }),
  ...(validUntil === undefined ? {} : { until: validUntil }),
});

const active = <T extends Dated>(section: Section<T>): readonly Sound<T>[] =>
  soundOf(section)
    .filter(isActive)
    .toSorted((a, b) => Number(a.key) - Number(b.key));

const activeNumbers = (draft: Draft) => ({
  elements: new Set(elementsOf(draft).flatMap(({ number, entry }) => (isActive(entry) ? [number] : []))),
  systems: new Set(active(draft.systems).map(({ key }) => Number(key))),
});

/** The numbers that are taken by what does not count on this day. */
function numbersIn(state: 'planned' | 'retired', draft: Draft): City['retired'] {
  const inState = (entries: readonly LoadedEntry<unknown>[]) =>
    entries.filter(entry => entry.state === state).map(({ key }) => Number(key));
  const sorted = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b);
  return {
    elements: sorted(inState(elementsOf(draft).map(({ entry }) => entry))) as ElementNumber[],
    links: sorted(inState(draft.links.entries)) as LinkNumber[],
    systems: sorted(inState(draft.systems.entries)) as SystemNumber[],
  };
}

const byKey = <T extends { readonly key: string }>(list: readonly T[]): readonly T[] => list.toSorted((a, b) => (a.key < b.key ? -1 : 1));

function required<T>({ path, value }: { readonly path: string; readonly value: T | undefined }): T {
  if (value === undefined) throw new Error(`${path} has no value though no problem was reported`);
  return value;
}
