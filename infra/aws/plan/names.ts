/**
 * Every name on AWS, as a pure function of the model: what is deployed is found by its name, and nothing has to be looked up.
 *
 * All that works on a deployed city (failover, the far ends of VPNs, costs, drift) computes its names here. Names are made of the
 * inventory's `aws.name`, which never changes, and of permanent numbers; the inventory's own id is in none of them, so that the city of
 * 2025 continues in what was deployed for the city of 2022. Imports nothing of AWS.
 *
 * Order of the stacks, each needing only those before it: `s2-foundation`, `s1-foundation`, `s1-data`, `s2-data`, then for each site
 * `monitor`, its shards `applications-0` …, `network`, its shards `nodes-0` … and `global`.
 */

import { type AddressPlan, addressPlan, asnOf } from '../../city/addresses.js';
import type { ElementNumber, SiteSegment } from '../../city/identity.js';
import { addressAt } from '../../city/ip.js';
import type { City, Site, System } from '../../city/model.js';
import type { AwsHandoff, AwsPlan, AwsSite } from '../../city/targets/aws/plan.js';
import type { AwsRegion } from '../../city/targets/aws/regions.js';

/** Roles of the sites on AWS; the witness is not there. */
export const AWS_ROLES = ['primary', 'backup'] as const;
export type AwsRole = (typeof AWS_ROLES)[number];

/** A site and where it is on AWS. */
export interface SiteOnAws {
  readonly site: Site;
  readonly role: AwsRole;
  readonly region: AwsRegion;
  readonly account: string;
  /** `can-tho-s1`: begins every name of the site. */
  readonly prefix: string;
  /** Autonomous system number of its transit gateway. */
  readonly asn: number;
}

/** Numbers of aggregation nodes in one shard: three resources each leave the largest shard under 400. */
const SHARD_SIZE = 128;
/** The shard of an aggregation node, for life: a function of its number alone. */
export const shardOf = (node: number): number => Math.floor(node / SHARD_SIZE);

/** Numbers of systems in one shard: fifteen resources each leave the largest shard under 400. */
const SYSTEMS_IN_SHARD = 24;
/** The shard of a system, for life, counted from 0. */
export const systemShardOf = (system: number): number => Math.floor((system - 1) / SYSTEMS_IN_SHARD);

/** What a stack is for; its name is `can-tho-s1-` and this. */
export type StackKind = 'foundation' | 'data' | 'monitor' | `applications-${number}` | 'network' | 'global' | `nodes-${number}`;

/** The sites of a city on AWS: the primary, then the backup. @throws {RangeError} when the inventory has no section `aws` */
export function placesOf({ sites, aws }: Pick<City, 'sites' | 'aws'>, account: string): readonly SiteOnAws[] {
  if (aws === undefined) throw new RangeError("the inventory has no section 'aws'");
  return AWS_ROLES.flatMap(role =>
    sites.flatMap(site => {
      const stated = aws.sites.find(each => each.site === site.number);
      return site.role === role && stated !== undefined ? [placeOf(aws, account, site, role, stated)] : [];
    }),
  );
}

const placeOf = ({ name }: AwsPlan, account: string, site: Site, role: AwsRole, { region, asn }: AwsSite): SiteOnAws => ({
  site,
  role,
  region,
  account,
  prefix: `${name}-s${site.number}`,
  asn: asn ?? asnOf(site.number),
});

/** The name of a stack: `can-tho-s1-data`. */
export const stackName = ({ prefix }: SiteOnAws, kind: StackKind): string => `${prefix}-${kind}`;

/** Where a system's documents begin in the bucket of records: what it may read and write there. */
export const recordsPrefix = ({ number }: Pick<System, 'number'>): string => `system${number}/`;

/** The private DNS zone of systems' names, at both sites. `internal` is reserved for private use (ICANN, 2024-07-29). */
export const zoneName = ({ name }: Pick<AwsPlan, 'name'>): string => `${name}.internal`;
/** The DNS name of a system: `portal.can-tho.internal`. */
export const serviceName = (aws: Pick<AwsPlan, 'name'>, { key }: Pick<System, 'key'>): string => `${key}.${zoneName(aws)}`;

/** Names of resources that a site has once. */
export const siteNames = ({ prefix, account }: SiteOnAws) =>
  ({
    vpc: prefix,
    /** KMS: every key by its alias, which is known before the key. */
    keyAlias: `alias/${prefix}`,
    cluster: prefix,
    database: `${prefix}-database`,
    /** What was the database here before a copy took its place; kept until an operator has checked what only it has. */
    databaseBefore: `${prefix}-database-before`,
    databaseSecret: `${prefix}-database`,
    databaseMonitoringRole: `${prefix}-database-monitoring`,
    recordsBucket: `${prefix}-records-${account}`,
    logsBucket: `${prefix}-logs-${account}`,
    vault: prefix,
    backupPlan: `${prefix}-daily`,
    backupRole: `${prefix}-backup`,
    /** Letters, digits and underscores only. */
    restoreTesting: `${prefix}-restore`.replaceAll('-', '_'),
    alarmTopic: `${prefix}-alarms`,
    workspace: prefix,
    monitorService: `${prefix}-monitor`,
    monitorBalancer: `${prefix}-monitor`,
    monitorTargets: (protocol: string, port: number) => `${prefix}-m-${protocol.toLowerCase().replace('_', '-')}-${port}`,
    transitGateway: prefix,
    /** The log group of all tasks; flow logs have one of their own. */
    logs: `/${prefix}/tasks`,
    tunnelLogs: `/${prefix}/tunnels`,
  }) as const;

/** Names of a system at a site. Load balancers' and target groups' are at most 32 characters long: numbers, not keys. */
export const systemNames = ({ prefix }: SiteOnAws, { number, key }: Pick<System, 'number' | 'key'>) =>
  ({
    service: `${prefix}-${key}`,
    family: `${prefix}-${key}`,
    balancer: `${prefix}-system${number}`,
    targets: (protocol: 'tcp' | 'udp', port: number) => `${prefix}-${number}-${protocol}-${port}`,
    /** Secret of its own role in the database; made at the primary, the backup has a copy of the same name. */
    databaseSecret: `${prefix}-system${number}-database`,
    /** Fires while no task of it answers; its health check follows it by this name. */
    silentAlarm: `${prefix}-system${number}-silent`,
  }) as const;

/** Names of an aggregation node's (or an external's) hand-off at a site. */
export const handoffNames = ({ prefix }: SiteOnAws, { node }: Pick<AwsHandoff, 'node'>) =>
  ({
    /** Tag `Name` of the customer gateway, the VPN connection or the virtual interface. */
    connection: `${prefix}-n${node}`,
    tunnelAlarm: `${prefix}-n${node}-tunnels`,
  }) as const;

/** The SSM parameter by which a stack publishes an identifier that AWS assigns, for later stacks of the same region. */
export const parameterName = ({ prefix }: SiteOnAws, what: SharedIdentifier): string => `/${prefix}/${what}`;
export type SharedIdentifier =
  | 'vpc'
  | 'transit-gateway'
  | 'alarm-topic'
  | 'key'
  | 'zone'
  | 'cluster'
  | 'database-host'
  | 'workspace'
  | 'workspace-url'
  | `subnet-${SiteSegment | 'attachment'}-${number}`
  | `routes-${SiteSegment}`
  | 'direct-connect-gateway';

export const roleArn = ({ account }: SiteOnAws, role: string): string => `arn:aws:iam::${account}:role/${role}`;
export const bucketArn = (bucket: string): string => `arn:aws:s3:::${bucket}`;
export const aliasArn = (place: SiteOnAws): string => `arn:aws:kms:${place.region}:${place.account}:${siteNames(place).keyAlias}`;
export const vaultArn = (place: SiteOnAws): string =>
  `arn:aws:backup:${place.region}:${place.account}:backup-vault:${siteNames(place).vault}`;
export const databaseArn = (place: SiteOnAws): string => `arn:aws:rds:${place.region}:${place.account}:db:${siteNames(place).database}`;
/** A secret's ARN without its random suffix, which only AWS knows and which may be left out. */
export const secretArn = ({ region, account }: SiteOnAws, name: string): string =>
  `arn:aws:secretsmanager:${region}:${account}:secret:${name}`;
/** The log group of all tasks, with everything in it. */
export const taskLogsArn = (place: SiteOnAws): string =>
  `arn:aws:logs:${place.region}:${place.account}:log-group:${siteNames(place).logs}:*`;
/** The repository of an image, without its tag. */
const repositoryOf = (image: string): string => image.replace(/:[^/]*$/, '');
export const repositoryArn = ({ region, account }: SiteOnAws, image: string): string =>
  `arn:aws:ecr:${region}:${account}:repository/${repositoryOf(image)}`;
export const imageOf = ({ account, region }: SiteOnAws, image: string): string => `${account}.dkr.ecr.${region}.amazonaws.com/${image}`;

/**
 * One availability zone's part of a segment of a site's LAN, IPv4: the /24 of that zone, counted from 0; of the data segment its lower half.
 *
 * Each segment's /22 is four /24s, whether they are used or not: there is room for four zones.
 */
export function subnetCidr(plan: AddressPlan, site: ElementNumber, segment: SiteSegment, zone: number): string {
  return `${addressAt(plan.lanSegment(site, segment).v4, zone * 256)}/${segment === 'data' ? 25 : 24}`;
}

/**
 * The subnet of the transit gateway's interface in a zone, from the half of the data segment that no database needs. AWS chooses its
 * address: in the edge subnet it might take one that the plan has given to a load balancer.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/tgw/tgw-best-design-practices.html
 */
export const attachmentCidr = (plan: AddressPlan, site: ElementNumber, zone: number): string =>
  `${addressAt(plan.lanSegment(site, 'data').v4, zone * 256 + 128)}/28`;

const FIRST_SYSTEM = 32;
/** How many systems have an address of their own in each zone's edge subnet, above the first thirty-two. */
export const MOST_SYSTEMS = 254 - FIRST_SYSTEM;

/** The address of a system's load balancer in one zone. */
export const systemAddress = (plan: AddressPlan, site: ElementNumber, system: number, zone: number): string =>
  addressAt(plan.lanSegment(site, 'edge').v4, zone * 256 + FIRST_SYSTEM + system);

/** The address of the resolver that offices query, one in each zone. */
export const resolverAddress = (plan: AddressPlan, site: ElementNumber, zone: number): string =>
  addressAt(plan.lanSegment(site, 'edge').v4, zone * 256 + 10);

/** The address that agents push to, one in each zone; the first is that of the lab's monitor. */
export const monitorAddress = (plan: AddressPlan, site: ElementNumber, zone: number): string =>
  addressAt(plan.lanSegment(site, 'operations').v4, zone * 256 + 17);

/** The two tunnels of a VPN. */
export type VpnTunnel = 0 | 1;
/** After 169.254.0.0/21, of which AWS reserves parts. @see https://docs.aws.amazon.com/vpn/latest/s2svpn/VPNTunnels.html */
const TUNNEL_BASE = '169.254.8.0/21';
/** The tunnels of a higher node would reach 169.254.169.252/30, which AWS reserves. */
export const MOST_VPN_NODES = 2590;

/** The two addresses inside a tunnel to a site, AWS's and the router's, and their /30. All four tunnels of a router differ. */
export function tunnelAddresses(
  { role }: Pick<SiteOnAws, 'role'>,
  node: number,
  tunnel: VpnTunnel,
): { readonly cidr: string; readonly aws: string; readonly router: string } {
  const first = 4 * (4 * node + 2 * AWS_ROLES.indexOf(role) + tunnel);
  const [network, aws, router] = [0, 1, 2].map(offset => addressAt(TUNNEL_BASE, first + offset));
  return { cidr: `${network}/30`, aws: aws ?? '', router: router ?? '' };
}

/** The router's autonomous system number: the plan's, unless the inventory has another. */
export const routerAsn = ({ node, asn }: AwsHandoff): number => asn ?? asnOf(node);

/** Autonomous system number of the Direct Connect gateway: the plan's base, which no element has. */
export const DIRECT_CONNECT_ASN = asnOf(0);

/** The plan of a city's addresses. */
export const planOf = ({ plan }: Pick<City, 'plan'>): AddressPlan => addressPlan(plan);
