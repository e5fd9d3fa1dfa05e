/** How the city would stand on AWS, as data: what its operator chooses there. What follows from it is in `infra/aws`. */

import type { ElementNumber, SystemNumber } from '../../identity.js';
import type { AwsRegion } from './regions.js';

/**
 * How much of the backup site runs while the primary serves: `pilot-light` keeps the data and no application,
 * `warm-standby` one task of every application, too.
 */
export const AWS_POSTURES = ['pilot-light', 'warm-standby'] as const;
export type AwsPosture = (typeof AWS_POSTURES)[number];

/**
 * `trial`: everything that is deployed can be deleted again, and a creation that fails is rolled back to nothing. `production`: what keeps
 * state is protected from deletion, and backups are locked, which cannot be undone.
 */
export const AWS_STAGES = ['trial', 'production'] as const;
type AwsStage = (typeof AWS_STAGES)[number];

/** Object-lock mode of records in production: who has the right may end `governance` early, no one ends `compliance`. */
export const AWS_RECORDS_LOCKS = ['governance', 'compliance'] as const;

/** Quotas of an account that its inventory may state: AWS raises each on request. */
export const AWS_QUOTAS = ['vpns', 'customerGateways', 'loadBalancers', 'healthChecks'] as const;
export type AwsQuota = (typeof AWS_QUOTAS)[number];

/** How an aggregation node reaches the transit gateways. */
export const AWS_HANDOFFS = ['vpn', 'direct-connect'] as const;

/** A region's transit gateway, as BGP sees it. */
export interface AwsSite {
  readonly site: ElementNumber;
  readonly region: AwsRegion;
  /** Where the operator chose one; else the plan's: 4200000000 + the site's number. */
  readonly asn: number | undefined;
}

export type AwsHandoff =
  | { readonly kind: 'vpn'; readonly node: ElementNumber; readonly customerGateway: string; readonly asn: number | undefined }
  | {
      readonly kind: 'direct-connect';
      readonly node: ElementNumber;
      readonly connection: string;
      readonly vlan: number;
      readonly asn: number | undefined;
    };

/** What runs on Fargate: processors and memory in the pairs that it sells. */
export interface AwsContainer {
  /** Name and tag in the account's own registry of each region, as `citydc/portal:1.0.0`. */
  readonly image: string;
  readonly vcpu: number;
  readonly memoryGib: number;
}

export interface AwsApplication extends AwsContainer {
  readonly system: SystemNumber;
  /** Tasks at the site that serves. */
  readonly tasks: number;
  /** Whether it keeps documents in the site's bucket of records. */
  readonly documents: boolean;
}

export interface AwsPlan {
  /** Begins every name on AWS. Chosen at founding, never changed: names are what things are found by. */
  readonly name: string;
  /** Twelve digits; undefined until it is given. */
  readonly account: string | undefined;
  readonly posture: AwsPosture;
  readonly stage: AwsStage;
  readonly recordsLock: (typeof AWS_RECORDS_LOCKS)[number];
  readonly availabilityZones: number;
  /** Who is responsible for what is deployed there: the tag `owner`. */
  readonly owner: string;
  /** Who is notified of alarms, by e-mail; each address must confirm a letter of AWS's first. */
  readonly notify: readonly string[];
  readonly sites: readonly AwsSite[];
  /** Networks that the account's VPCs have already, or that they are joined to. */
  readonly existingVpcs: readonly { readonly cidr: string; readonly what: string }[];
  /** Routes that a transit gateway's route table may hold; 10,000 unless AWS has raised it. */
  readonly routeTableQuota: number;
  /** Other quotas that AWS has raised, each in its region. */
  readonly quotas: Readonly<Partial<Record<AwsQuota, number>>>;
  readonly database: {
    readonly instance: string;
    readonly storageGib: number;
    readonly retentionDays: number;
    /** Image with a shell and `psql`: it makes each system's own database before its first application starts. */
    readonly client: string;
  };
  /** Prometheus, Alertmanager and blackbox exporter. */
  readonly monitor: AwsContainer;
  readonly systems: readonly AwsApplication[];
  readonly handoffs: readonly AwsHandoff[];
  readonly assumed: readonly string[];
}

/** Memory that Fargate sells with so many processors, GiB. @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html */
export const FARGATE_MEMORY_GIB: ReadonlyMap<number, readonly number[]> = new Map([
  [0.25, [0.5, 1, 2]],
  [0.5, range(1, 4, 1)],
  [1, range(2, 8, 1)],
  [2, range(4, 16, 1)],
  [4, range(8, 30, 1)],
  [8, range(16, 60, 4)],
  [16, range(32, 120, 8)],
]);

function range(first: number, last: number, step: number): readonly number[] {
  return Array.from({ length: (last - first) / step + 1 }, (_, index) => first + index * step);
}

/**
 * Private ASNs that a transit gateway or a Direct Connect gateway may have, first and last.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TransitGatewayRequestOptions.html
 */
export const GATEWAY_ASNS = [
  [64_512, 65_534],
  [4_200_000_000, 4_294_967_294],
] as const;

/** Whether a gateway of AWS may have it. */
export const isGatewayAsn = (asn: number): boolean => GATEWAY_ASNS.some(([first, last]) => asn >= first && asn <= last);
