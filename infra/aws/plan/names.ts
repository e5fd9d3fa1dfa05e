/**
 * Every name on AWS, as a pure function of the model: what is deployed is found by its name, and nothing has to be looked up.
 *
 * Whatever works on a deployed city (failover, the far ends of VPNs, costs, drift) computes its names here. Names are made of the
 * inventory's `aws.name`, which never changes, and of permanent numbers; the inventory's own id is in none of them, so that the city of
 * 2025 goes on in what was deployed for the city of 2022. Imports nothing of AWS.
 *
 * Order of the stacks, each needing only those before it: `s2-foundation`, `s1-site`, `s2-site`, then for each site `network`, its
 * shards `nodes-0` … and `global`.
 */

import { type AddressPlan, addressPlan, asnOf } from '../../city/addresses.js';
import type { ElementNumber, SiteSegment } from '../../city/identity.js';
import { addressAt } from '../../city/ip.js';
import type { City, Site, System } from '../../city/model.js';
import type { AwsHandoff, AwsPlan, AwsSite } from '../../city/targets/aws/plan.js';
import type { AwsRegion } from '../../city/targets/aws/regions.js';

/** The sites that AWS plays; the witness is not among them. */
export const AWS_ROLES = ['primary', 'backup'] as const;
export type AwsRole = (typeof AWS_ROLES)[number];

/** A site with everything that says where on AWS it is. */
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

/** What a stack is for; its name is `can-tho-s1-` and this. */
export type StackKind = 'foundation' | 'site' | 'network' | 'global' | `nodes-${number}`;

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

/** The name of a stack: `can-tho-s1-site`. */
export const stackName = ({ prefix }: SiteOnAws, kind: StackKind): string => `${prefix}-${kind}`;

/** Where a system's documents begin in the bucket of records: what it may read and write there. */
export const recordsPrefix = ({ number }: Pick<System, 'number'>): string => `system${number}/`;

/** The zone of names that offices ask for; a private one, at both sites. `internal` is kept for that (ICANN, 2024-07-29). */
export const zoneName = ({ name }: Pick<AwsPlan, 'name'>): string => `${name}.internal`;
/** What an office asks for to reach a system: `portal.can-tho.internal`. */
export const serviceName = (aws: Pick<AwsPlan, 'name'>, { key }: Pick<System, 'key'>): string => `${key}.${zoneName(aws)}`;

/** Names of what there is once a site. */
export const siteNames = ({ prefix, account }: SiteOnAws) =>
  ({
    vpc: prefix,
    /** KMS: every key by its alias, which is known before the key. */
    keyAlias: `alias/${prefix}`,
    cluster: prefix,
    database: `${prefix}-database`,
    /** What was the database here before a copy took its place; kept until somebody has looked at what only it holds. */
    databaseBefore: `${prefix}-database-before`,
    databaseSecret: `${prefix}-database`,
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
    /** The log of everything that runs there; flows have one of their own. */
    logs: `/${prefix}/tasks`,
    tunnelLogs: `/${prefix}/tunnels`,
    regionSwitchPlan: `${prefix}-switch`,
  }) as const;

/** Names of a system at a site. Load balancers' and target groups' are at most 32 characters long: numbers, not keys. */
export const systemNames = ({ prefix }: SiteOnAws, { number, key }: Pick<System, 'number' | 'key'>) =>
  ({
    service: `${prefix}-${key}`,
    family: `${prefix}-${key}`,
    balancer: `${prefix}-system${number}`,
    targets: (protocol: 'tcp' | 'udp', port: number) => `${prefix}-${number}-${protocol}-${port}`,
    /** Of its own role in the database; made at the primary, the backup has a copy of the same name. */
    databaseSecret: `${prefix}-system${number}-database`,
    /** Fires while no task of it answers; its health check looks at it by this name. */
    silentAlarm: `${prefix}-system${number}-silent`,
  }) as const;

/** Names of an aggregation node's (or an external's) hand-off at a site. */
export const handoffNames = ({ prefix }: SiteOnAws, { node }: Pick<AwsHandoff, 'node'>) =>
  ({
    /** Tag `Name` of the customer gateway, the VPN connection or the virtual interface. */
    connection: `${prefix}-n${node}`,
    tunnelAlarm: `${prefix}-n${node}-tunnels`,
  }) as const;

/** Where a site's stacks leave what AWS numbers by itself, for the stacks after them in the same region. */
export const parameterName = ({ prefix }: SiteOnAws, what: SharedIdentifier): string => `/${prefix}/${what}`;
export type SharedIdentifier =
  | 'vpc'
  | 'transit-gateway'
  | 'alarm-topic'
  | 'key'
  | 'zone'
  | `subnet-${SiteSegment}-${number}`
  | `routes-${SiteSegment}`
  | 'direct-connect-gateway';

export const bucketArn = (bucket: string): string => `arn:aws:s3:::${bucket}`;
export const aliasArn = (place: SiteOnAws): string => `arn:aws:kms:${place.region}:${place.account}:${siteNames(place).keyAlias}`;
export const vaultArn = (place: SiteOnAws): string =>
  `arn:aws:backup:${place.region}:${place.account}:backup-vault:${siteNames(place).vault}`;
export const databaseArn = (place: SiteOnAws): string => `arn:aws:rds:${place.region}:${place.account}:db:${siteNames(place).database}`;
/** By name: its ARN ends in letters that only AWS knows, and may do without them. */
export const secretArn = ({ region, account }: SiteOnAws, name: string): string =>
  `arn:aws:secretsmanager:${region}:${account}:secret:${name}`;
export const imageOf = ({ account, region }: SiteOnAws, image: string): string => `${account}.dkr.ecr.${region}.amazonaws.com/${image}`;

/**
 * One availability zone's part of a segment of a site's LAN, IPv4: the /24 of that zone, counted from 0.
 *
 * Each segment's /22 is four /24s, whether they are used or not: there is room for four zones.
 */
export function subnetCidr(plan: AddressPlan, site: ElementNumber, segment: SiteSegment, zone: number): string {
  return `${addressAt(plan.lanSegment(site, segment).v4, zone * 256)}/24`;
}

const FIRST_SYSTEM = 32;
/** Systems have addresses of their own in each zone's edge subnet, above the first thirty-two; so many fit. */
export const MOST_SYSTEMS = 254 - FIRST_SYSTEM;

/** The address of a system's load balancer in one zone. */
export const systemAddress = (plan: AddressPlan, site: ElementNumber, system: number, zone: number): string =>
  addressAt(plan.lanSegment(site, 'edge').v4, zone * 256 + FIRST_SYSTEM + system);

/** The address that offices' resolvers ask, one in each zone. */
export const resolverAddress = (plan: AddressPlan, site: ElementNumber, zone: number): string =>
  addressAt(plan.lanSegment(site, 'edge').v4, zone * 256 + 10);

/** Where agents push: in the first zone the address that the lab's monitor has. */
export const monitorAddress = (plan: AddressPlan, site: ElementNumber, zone: number): string =>
  addressAt(plan.lanSegment(site, 'operations').v4, zone * 256 + 17);

/** The two tunnels of a VPN. */
export type VpnTunnel = 0 | 1;
/** Past 169.254.0.0/21, which AWS keeps parts of. @see https://docs.aws.amazon.com/vpn/latest/s2svpn/VPNTunnels.html */
const TUNNEL_BASE = '169.254.8.0/21';
/** Of the last node's tunnels the next would meet 169.254.169.252/30, which AWS keeps. */
export const MOST_VPN_NODES = 2590;

/** The two addresses inside a tunnel to a site: AWS's and the router's, and their /30. The router has all four tunnels: none is like another. */
export function tunnelAddresses(
  { role }: Pick<SiteOnAws, 'role'>,
  node: number,
  tunnel: VpnTunnel,
): { readonly cidr: string; readonly aws: string; readonly router: string } {
  const first = 4 * (4 * node + 2 * AWS_ROLES.indexOf(role) + tunnel);
  const [network, aws, router] = [0, 1, 2].map(offset => addressAt(TUNNEL_BASE, first + offset));
  return { cidr: `${network}/30`, aws: aws ?? '', router: router ?? '' };
}

/** The router's autonomous system number: the plan's, unless the inventory says another. */
export const routerAsn = ({ node, asn }: AwsHandoff): number => asn ?? asnOf(node);

/** Of the Direct Connect gateway: the plan's base, which no element has. */
export const DIRECT_CONNECT_ASN = asnOf(0);

/** The plan of a city's addresses. */
export const planOf = ({ plan }: Pick<City, 'plan'>): AddressPlan => addressPlan(plan);
