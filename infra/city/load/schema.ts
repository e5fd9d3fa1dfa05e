import * as z from 'zod';
import { LIMITS, PLAN_SIZES, type PlanSize } from '../addresses.js';
import { ENDPOINT_SEGMENTS, SITE_HOST_ROLES, SITE_ROLES, SITE_SEGMENTS } from '../identity.js';
import { ENDPOINT_KINDS, LINK_KINDS } from '../model.js';
import { aws } from '../targets/aws/schema.js';
import { dockerHost } from '../targets/docker/schema.js';
import { TARGETS } from '../targets/targets.js';
import { date, elementName, heldName, key, permanentNumber, rateBps, text, whole, wholeCell, within, withinCell, words } from './cells.js';
import type { LoadedEntry, Section } from './entry.js';
import { SCHEMA_VERSION } from './version.js';

// What a description says here stands in the published schemas, where editors show it beside the cursor.

const bilingual = z.strictObject({ vi: text.describe('Vietnamese'), en: text.describe('English') });
const name = bilingual.describe('What people call it, in both languages.');
const ASSUMED = "Fields of this entry that are not confirmed; '*' is all of them.";
const assumed = z.array(z.string()).default([]).describe(ASSUMED);
const RISK_GROUPS = 'Keys of the shared-risk groups that it fails with: duct, building, power feed, lease.';
const riskGroups = z.array(key).default([]).describe(RISK_GROUPS);
const validity = {
  validFrom: date.optional().describe('First day on which it is valid, YYYY-MM-DD.'),
  validUntil: date.optional().describe('First day on which it is no longer valid. This retires it: its number stays taken for ever.'),
};
const element = { name, riskGroups, ...validity, assumed };
const LATITUDE = 'Degrees north, WGS 84.';
const LONGITUDE = 'Degrees east, WGS 84.';
const place = { latitude: within(-90, 90).describe(LATITUDE), longitude: within(-180, 180).describe(LONGITUDE) };
const objective = z.strictObject({
  rtoSeconds: whole(0, 604_800).describe('Longest outage that a person at an office sees, seconds.'),
  rpoSeconds: whole(0, 604_800).describe('Most acknowledged writes that may be lost, seconds.'),
});
const slots = z.array(whole(1, LIMITS.slots)).default([]).describe('Permanent slots of its hosts: s1-database2 is slot 2.');
/** All lines of a site end at its router, and one repository takes the backups: a second would stand there for nothing. */
const oneSlot = slots.refine(list => list.length <= 1, 'at most one slot: a second host of this role would carry nothing');
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
const zone = z.string().meta({ examples: [...ZONES, 'system.portal'] });

/** The parts of city.yaml that are one thing. */
export const SINGLES = {
  schema: z.literal(SCHEMA_VERSION, `${SCHEMA_VERSION}, the version that this program reads`).describe("Version of the inventory's form."),
  id: key.describe('Short name of this inventory.'),
  name: bilingual.describe('The name of the city.'),
  timeZone: z.string().refine(isTimeZone, 'an IANA time zone, as Asia/Ho_Chi_Minh').describe('IANA time zone, as Asia/Ho_Chi_Minh.'),
  plan: z
    .strictObject({
      size: z.enum(Object.keys(PLAN_SIZES) as [PlanSize, ...PlanSize[]]).describe('standard: room for 2,048 offices; large: 16,384.'),
      endpoints: z.string().describe('IPv4 prefix of the offices, CIDR.'),
      infrastructure: z.string().describe('IPv4 prefix of links, loopbacks, services and site LANs, CIDR.'),
      ula: z.string().describe('IPv6 unique local prefix, /48 (large plan: /44).'),
    })
    .describe('The address plan: chosen at founding, never changed. Every address derives from it and the permanent numbers.'),
  capacity: z
    .strictObject({
      growthRatioPerYear: within(0, 1).describe('How much all demand grows in a year: 0.15 is 15 %.'),
      replication: rateBps.describe("Changes of the database, to every other site's copy, in the busy hour."),
      nightlyBackup: z
        .strictObject({ gigabytes: whole(0, 1e7).describe('Volume of one night.'), hours: within(0.1, 24).describe('Time it may take.') })
        .describe('From who writes to the backup repository.'),
      assumed,
    })
    .describe('What fills the lines beside the offices.'),
  totals: z
    .strictObject({
      endpoints: whole(0, 1e6).describe('Offices in endpoints.csv without validUntil.'),
      wards: whole(0, 1e6).describe('Offices of class ward.'),
      videoPoints: whole(0, 1e7).describe('Video-conference points of all offices.'),
      certificates: z
        .strictObject({
          total: whole(0, 1e8).describe('Organisations and people together.'),
          organisations: whole(0, 1e8).describe('Of organisations.'),
          people: whole(0, 1e8).describe('Of people.'),
          simPki: whole(0, 1e8).describe('How many of the total are on SIM PKI.'),
        })
        .describe('Digital certificates issued; only reports show them.'),
    })
    .describe('What the inventory must add up to: a lost row is found at once.'),
  failover: z
    .strictObject({
      holdDownSeconds: whole(0, 3600).describe('How long a service that returns to a site must answer before the site is preferred again.'),
    })
    .optional()
    .describe('How sites take over and back. Without it: 30 s.'),
  aws: aws.optional(),
} as const satisfies Record<string, z.ZodType>;

/** The parts of city.yaml that hold many, by permanent number or by key. */
export const MAPS = {
  sites: z.strictObject({
    role: z.enum(SITE_ROLES).describe('Each role is played by exactly one site.'),
    ...element,
    ...place,
    hosts: z.strictObject({ ...each(SITE_HOST_ROLES, slots), router: oneSlot, repository: oneSlot }).describe('Which hosts stand in it.'),
  }),
  aggregations: z.strictObject({ ...element, ...place }),
  externals: z.strictObject({
    role: z.enum(['national', 'internet']).describe('The national networks or the Internet.'),
    ...element,
    prefixes: z.array(z.string()).min(1, 'at least one prefix').describe('IPv4 prefixes that it stands for, CIDR.'),
    services: z.array(bilingual).min(1, 'at least one service').describe('What is reached there.'),
  }),
  carriers: z.strictObject({ name: text.describe('What people call it.'), assumed }),
  riskGroups: z.strictObject({
    kind: z.enum(['duct', 'building', 'power', 'lease']).describe('What fails; a carrier is a group by itself.'),
    name: text.describe('What people call it.'),
    assumed,
  }),
  tiers: objective,
  dockerHosts: dockerHost.extend({ assumed }),
  systems: z.strictObject({
    key: key.describe('Short name, as portal: flows and commands use it.'),
    name,
    tier: key.describe('One of the tiers above: the loosest objective that it may declare.'),
    state: z.enum(['none', 'database']).describe("Whether it keeps state in the city's database."),
    port: whole(1, 65_535).describe('TCP port on its service address.'),
    demand: z
      .strictObject({
        per: z.enum(['user', 'video-point']).describe('What it is counted by.'),
        toSystem: rateBps.describe('From the office.'),
        toOffice: rateBps.describe('Back to it.'),
      })
      .describe('What one of them takes in the busy hour, all at once.'),
    objectives: z.strictObject(each(TARGETS, objective.describe('On this target.'))).describe('What is promised, on each target.'),
    ...validity,
    assumed,
  }),
} as const satisfies Record<string, z.ZodType>;

/** Those of them whose keys are permanent numbers. */
export const NUMBERED: readonly string[] = ['sites', 'aggregations', 'externals', 'systems'] satisfies readonly (keyof typeof MAPS)[];

const count = whole(0, 1e6);
const held = <T extends z.ZodType>(figure: T) => z.record(heldName, figure).optional();
const eitherKind = z.strictObject({ none: count, database: count });
const losing = z.union([count, eitherKind], 'a number of offices, or { none: 1, database: 2 }');
const extent = z
  .strictObject({
    offices: held(losing).describe('By element, or run of elements as l77-l214: the most offices that lose systems when it fails.'),
    percent: held(count).describe('By line: the most that it may be full.'),
    findings: held(count).describe('By element: the most findings, where they have no figure of their own.'),
  })
  .optional()
  .describe("How much is accepted, and nothing more; 'citydc check' says what to write.");

/** The parts of city.yaml that are lists without numbers. */
export const LISTS = {
  flows: z.strictObject({
    from: z.array(zone).min(1, 'at least one zone').describe('Zones that may start it.'),
    to: z.array(zone).min(1, 'at least one zone').describe('Zones that it goes to; system.KEY is one system.'),
    protocol: z.enum(['tcp', 'udp', 'icmp']).describe('Answers are let back by themselves.'),
    ports: z.array(port).default([]).describe("The destination's ports, single or as 8001-8010; none for icmp."),
    over: z.enum(['data-network', 'internet-line']).default('data-network').describe('Which links carry it.'),
    why: text.describe('What it is for.'),
  }),
  accepted: z.strictObject({
    rule: z.string().describe("The rule of 'citydc check' whose finding is accepted."),
    scope: z.string().describe('A class as class:ward, or one element as endpoints.131.'),
    reason: text.describe('Why one may live with it.'),
    owner: text.describe('Who is responsible for it.'),
    expires: date.describe('First day on which it is a problem again, YYYY-MM-DD.'),
    extent,
  }),
} as const satisfies Record<string, z.ZodType>;

const SPACES = 'Several in one cell are separated by spaces.';

/** The columns of the two tables; an empty cell counts as absent. */
export const TABLES = {
  endpoints: z.strictObject({
    number: permanentNumber.describe('Permanent number of the office, e131 in commands; never given to another.'),
    class: z.enum(ENDPOINT_KINDS).describe('What kind of office it is.'),
    nameVi: text.describe('Vietnamese name.'),
    nameEn: text.describe('English name.'),
    code: z.string().optional().describe('Statistical code of the unit; means one unit at one time.'),
    district: z.string().optional().describe('District that it belongs to, where there are districts.'),
    latitude: withinCell(-90, 90).optional().describe(LATITUDE),
    longitude: withinCell(-180, 180).optional().describe(LONGITUDE),
    aggregation: elementName.describe('Aggregation node that it hangs on, as n66.'),
    videoPoints: wholeCell(0, 1000).describe('Video-conference points.'),
    users: wholeCell(0, 100_000).describe('People who work there.'),
    peopleServed: wholeCell(0, 1e8).optional().describe('Inhabitants that it serves.'),
    hours: text.describe('Office hours.'),
    owner: z.string().optional().describe('Who is responsible for it.'),
    phone: z.string().optional().describe('Number to call when it is down.'),
    powerFeed: z.string().optional().describe('Feed of the grid that it hangs on.'),
    securityLevel: wholeCell(1, 5).describe("Security level of the office's system, 1 to 5."),
    pcs: wholeCell(0, 100_000).describe('PCs expected there.'),
    scanners: wholeCell(0, 100_000).describe('Scanners expected there.'),
    printers: wholeCell(0, 100_000).describe('Printers expected there.'),
    ups: wholeCell(0, 100_000).describe('Uninterruptible power supplies expected there.'),
    riskGroups: words.describe(`${RISK_GROUPS} ${SPACES}`),
    ...validity,
    assumed: words.describe(`${ASSUMED} ${SPACES}`),
  }),
  links: z.strictObject({
    number: permanentNumber.describe('Permanent number of the link, l207 in commands; never given to another.'),
    kind: z.enum(LINK_KINDS).describe('core joins sites and externals, uplink a node and a site, access an office, internet its own line.'),
    from: elementName.describe('First end, as e131.'),
    to: elementName.describe('Second end, as n66.'),
    carrier: z.string().describe('Key of the carrier; it is a shared-risk group, too.'),
    riskGroups: words.describe(`${RISK_GROUPS} ${SPACES}`),
    rate: rateBps.describe('Provisioned rate from the first end to the second, as 100 Mbit/s.'),
    rateBack: rateBps.describe('Provisioned rate back.'),
    // 1280 is the least that IPv6 accepts (RFC 8200, section 5)
    mtuBytes: wholeCell(1280, 9216).describe('Largest packet, bytes.'),
    ...validity,
    assumed: words.describe(`${ASSUMED} ${SPACES}`),
  }),
} as const satisfies Record<string, z.ZodObject>;

/** What each part of an inventory is read as, by its name. */
export type Singles = { readonly [K in keyof typeof SINGLES]: LoadedEntry<z.output<(typeof SINGLES)[K]>> };
export type Maps = { readonly [K in keyof typeof MAPS]: Section<z.output<(typeof MAPS)[K]>> };
export type Lists = { readonly [K in keyof typeof LISTS]: Section<z.output<(typeof LISTS)[K]>> };
export type Tables = { readonly [K in keyof typeof TABLES]: Section<z.output<(typeof TABLES)[K]>> };

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
