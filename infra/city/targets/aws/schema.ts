/** The form of the section `aws` of city.yaml. */

import * as z from 'zod';
import { text, whole } from '../../load/cells.js';
import { IS_NUMBER } from '../../load/number.js';
import { AWS_HANDOFFS, AWS_POSTURES, AWS_QUOTAS, AWS_RECORDS_LOCKS, AWS_STAGES } from './plan.js';
import { AWS_REGIONS } from './regions.js';

const NUMBER = 'a permanent number, as 66';
const byNumber = <T extends z.ZodType>(value: T) => z.record(z.string().regex(IS_NUMBER, NUMBER), value);

const ACCOUNT = "twelve digits in quotes, as '123456789012'";
const NAME = 'lower-case letters, digits and dashes, at most 12, a letter first, no dash last';
const IMAGE = "name and tag in the account's own registry, as citydc/portal:1.0.0";
const asn = whole(1, 4_294_967_295).optional();

const image = z.string(IMAGE).regex(/^[a-z0-9]+(?:[._/-][a-z0-9]+)*:[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/, IMAGE);

const container = {
  image: image.describe(
    "Name and tag in the account's own container registry; it must be there in both regions before the first deployment.",
  ),
  vcpu: z.number().describe('Processors: 0.25, 0.5, 1, 2, 4, 8 or 16.'),
  memoryGib: z.number().describe('Memory, GiB: what Fargate sells with so many processors.'),
};

const handoff = z.strictObject({
  kind: z.enum(AWS_HANDOFFS).describe('Two VPN connections over the Internet, one to each region, or one Direct Connect circuit.'),
  customerGateway: z.ipv4('a public IPv4 address, as 203.0.113.66').optional().describe("vpn: public address of the node's router."),
  connection: z
    .string()
    .regex(/^dxcon-[a-z0-9]{8,17}$/, 'the identifier of a Direct Connect connection, as dxcon-0123abcd')
    .optional()
    .describe('direct-connect: the connection, ordered and accepted.'),
  vlan: whole(1, 4094).optional().describe('direct-connect: VLAN of the transit interface.'),
  asn: asn.describe("The router's autonomous system number, where it is not the plan's (4200000000 + number)."),
});

export const aws = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z](?:[a-z0-9-]{0,10}[a-z0-9])?$/, NAME)
      .describe('Begins every name on AWS: chosen at founding, never changed.'),
    account: z
      .string(ACCOUNT)
      .regex(/^\d{12}$/, ACCOUNT)
      .optional()
      .describe('Twelve digits; leave it out and give -c account= instead.'),
    posture: z.enum(AWS_POSTURES).describe('How much of the backup site runs while the primary serves.'),
    stage: z
      .enum(AWS_STAGES)
      .default('trial')
      .describe('trial: everything can be deleted again. production: data is protected from deletion and backups are locked for ever.'),
    recordsLock: z
      .enum(AWS_RECORDS_LOCKS)
      .default('governance')
      .describe('How records are locked for 30 days: in compliance mode no one, AWS included, ends it early; only in production.'),
    availabilityZones: whole(2, 4).describe('Availability zones of each region that are used.'),
    owner: text.describe('Who is responsible for what is deployed there: the tag owner.'),
    notify: z
      .array(z.email('an e-mail address, as noc@example.org').describe('An e-mail address.'))
      .default([])
      .describe('Who is notified of alarms at both sites, by e-mail, after confirming a letter of AWS; without it, no address is.'),
    sites: byNumber(
      z.strictObject({
        region: z.enum(AWS_REGIONS).describe('Region that plays this site.'),
        asn: asn.describe("Autonomous system number of its transit gateway, where it is not the plan's (4200000000 + number)."),
      }),
    ).describe('By the number of the site: the primary and the backup. The witness is not needed there.'),
    existingVpcs: z
      .array(z.strictObject({ cidr: z.string().describe('IPv4 prefix, CIDR.'), what: text.describe('What it is.') }))
      .default([])
      .describe('Networks that are there already and must not overlap with the city.'),
    routeTableQuota: whole(1, 1_000_000).default(10_000).describe("Routes that a transit gateway's route table may hold."),
    quotas: z
      .partialRecord(z.enum(AWS_QUOTAS), whole(1, 100_000).describe('How many.'))
      .default({})
      .describe('Quotas that AWS has raised for the account in each region; one that is left out is what every account has.'),
    database: z
      .strictObject({
        instance: z
          .string()
          .regex(/^db\.[a-z0-9-]+\.[a-z0-9]+$/, 'a class of RDS instances, as db.r7g.large')
          .describe('Class of the RDS instances.'),
        storageGib: whole(20, 65_536).describe('Storage, GiB.'),
        retentionDays: whole(1, 35).describe('Days that can be returned to, at any second.'),
        client: image.describe("Image with a shell and psql 14 or later, of the same registry: it makes each system's role and database."),
      })
      .describe('PostgreSQL for every system with state.'),
    monitor: z.strictObject(container).describe('Prometheus, Alertmanager, blackbox exporter and the AWS command line in one image.'),
    systems: byNumber(
      z.strictObject({
        ...container,
        tasks: whole(1, 100).describe('Tasks at the site that serves.'),
        documents: z
          .boolean()
          .default(false)
          .describe("Whether it keeps documents: then it may use its part of the site's bucket of records."),
      }),
    ).describe('By the number of the system: what runs for it.'),
    handoffs: byNumber(handoff).describe('By the number of the aggregation node, or of an external: how it reaches AWS.'),
    assumed: z.array(z.string()).default([]).describe("Fields of this section that are not confirmed; '*' is all of them."),
  })
  .describe('The city on AWS; leave it out where it is not meant for AWS.');
