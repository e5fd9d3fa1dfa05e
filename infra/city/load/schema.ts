import * as z from 'zod';
import { LIMITS, PLAN_SIZES, type PlanSize } from '../addresses.js';
import { ENDPOINT_KINDS, ENDPOINT_SEGMENTS, LINK_KINDS, SITE_HOST_ROLES, SITE_ROLES, SITE_SEGMENTS, TARGETS } from '../model.js';
import { date, elementName, key, permanentNumber, rateBps, text, whole, wholeCell, within, withinCell, words } from './cells.js';

/** The version of the inventory's form that this code reads. */
export const SCHEMA_VERSION = 1;

const bilingual = z.strictObject({ vi: text, en: text });
const assumed = z.array(z.string()).default([]);
const riskGroups = z.array(key).default([]);
const validity = { validFrom: date.optional(), validUntil: date.optional() };
const element = { name: bilingual, riskGroups, ...validity, assumed };
const place = { latitude: within(-90, 90), longitude: within(-180, 180) };
const objective = z.strictObject({ rtoSeconds: whole(0, 604_800), rpoSeconds: whole(0, 604_800) });
const slots = z.array(whole(1, LIMITS.slots)).default([]);
const each = <const K extends string, T>(keys: readonly K[], value: T) =>
  Object.fromEntries(keys.map(name => [name, value])) as Record<K, T>;

const port = z
  .union([whole(1, 65_535), z.string().regex(/^\d{1,5}-\d{1,5}$/)], 'a port from 1 to 65535 or a range as 8001-8010')
  .refine(value => portsOf(value).length > 0, 'a port from 1 to 65535 or a range as 8001-8010');

const ZONES = [
  ...ENDPOINT_SEGMENTS,
  ...SITE_SEGMENTS.map(segment => `site.${segment}` as const),
  'systems',
  'external.national',
  'external.internet',
  'routers',
  'links',
] as const;
/** The zones that need no inventory; `system.KEY` comes beside them. */
export const FIXED_ZONES: readonly string[] = ZONES;

/** The parts of city.yaml that are one thing. */
export const SINGLES = {
  schema: z.literal(SCHEMA_VERSION, `${SCHEMA_VERSION}, the version that this program reads`),
  id: key,
  name: bilingual,
  timeZone: z.string().refine(isTimeZone, 'an IANA time zone, as Asia/Ho_Chi_Minh'),
  plan: z.strictObject({
    size: z.enum(Object.keys(PLAN_SIZES) as [PlanSize, ...PlanSize[]]),
    endpoints: z.string(),
    infrastructure: z.string(),
    ula: z.string(),
  }),
  capacity: z.strictObject({
    growthRatioPerYear: within(0, 1),
    replication: rateBps,
    nightlyBackup: z.strictObject({ gigabytes: whole(0, 1e7), hours: within(0.1, 24) }),
    assumed,
  }),
  totals: z.strictObject({
    endpoints: whole(0, 1e6),
    wards: whole(0, 1e6),
    videoPoints: whole(0, 1e7),
    certificates: z.strictObject(each(['total', 'organisations', 'people', 'simPki'], whole(0, 1e8))),
  }),
} as const satisfies Record<string, z.ZodType>;

/** The parts of city.yaml that hold many, by permanent number or by key. */
export const MAPS = {
  sites: z.strictObject({ role: z.enum(SITE_ROLES), ...element, ...place, hosts: z.strictObject(each(SITE_HOST_ROLES, slots)) }),
  aggregations: z.strictObject({ ...element, ...place }),
  externals: z.strictObject({
    role: z.enum(['national', 'internet']),
    ...element,
    prefixes: z.array(z.string()).min(1, 'at least one prefix'),
    services: z.array(bilingual).min(1, 'at least one service'),
  }),
  carriers: z.strictObject({ name: text, assumed }),
  riskGroups: z.strictObject({ kind: z.enum(['duct', 'building', 'power', 'lease']), name: text, assumed }),
  tiers: objective,
  systems: z.strictObject({
    key,
    name: bilingual,
    tier: key,
    state: z.enum(['none', 'database']),
    port: whole(1, 65_535),
    demand: z.strictObject({ per: z.enum(['user', 'video-point']), toSystem: rateBps, toOffice: rateBps }),
    objectives: z.strictObject(each(TARGETS, objective)),
    ...validity,
    assumed,
  }),
} as const satisfies Record<string, z.ZodType>;

/** The parts of city.yaml that are lists without numbers. */
export const LISTS = {
  flows: z.strictObject({
    from: z.array(z.string()).min(1, 'at least one zone'),
    to: z.array(z.string()).min(1, 'at least one zone'),
    protocol: z.enum(['tcp', 'udp', 'icmp']),
    ports: z.array(port).default([]),
    over: z.enum(['data-network', 'internet-line']).default('data-network'),
    why: text,
  }),
  accepted: z.strictObject({ rule: z.string(), scope: z.string(), reason: text, owner: text, expires: date }),
} as const satisfies Record<string, z.ZodType>;

const rowValidity = { validFrom: date.optional(), validUntil: date.optional() };

/** The columns of the two tables; an empty cell counts as absent. */
export const TABLES = {
  endpoints: z.strictObject({
    number: permanentNumber,
    class: z.enum(ENDPOINT_KINDS),
    nameVi: text,
    nameEn: text,
    code: z.string().optional(),
    district: z.string().optional(),
    latitude: withinCell(-90, 90).optional(),
    longitude: withinCell(-180, 180).optional(),
    aggregation: elementName,
    videoPoints: wholeCell(0, 1000),
    users: wholeCell(0, 100_000),
    peopleServed: wholeCell(0, 1e8).optional(),
    hours: text,
    owner: z.string().optional(),
    phone: z.string().optional(),
    powerFeed: z.string().optional(),
    securityLevel: wholeCell(1, 5),
    ...each(['pcs', 'scanners', 'printers', 'ups'], wholeCell(0, 100_000)),
    riskGroups: words,
    ...rowValidity,
    assumed: words,
  }),
  links: z.strictObject({
    number: permanentNumber,
    kind: z.enum(LINK_KINDS),
    from: elementName,
    to: elementName,
    carrier: z.string(),
    riskGroups: words,
    rate: rateBps,
    rateBack: rateBps,
    // 1280 is the least that IPv6 accepts (RFC 8200, section 5)
    mtuBytes: wholeCell(1280, 9216),
    ...rowValidity,
    assumed: words,
  }),
} as const satisfies Record<string, z.ZodObject>;

/** A port or a range as numbers; empty when it is neither. */
export function portsOf(port: number | string): readonly number[] {
  const [first = 0, last = first] = String(port).split('-').map(Number);
  if (first < 1 || last > 65_535 || last < first) return [];
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}
