/** What is found of a city on AWS. An undefined fact did not answer: that is not the same as absent. */

import type { DatabaseSettings } from '../../infra/aws/plan/database.js';

export interface DatabaseFacts {
  /** As RDS says it. */
  readonly status: string;
  /** ARN of what it is a copy of; undefined when it takes writes. */
  readonly copyOf: string | undefined;
  /** When it was made, as a copy or otherwise, epoch milliseconds. A promotion does not change it. */
  readonly createdMs: number | undefined;
  /** As they are, or are requested to be. */
  readonly settings: { readonly [K in keyof DatabaseSettings]: DatabaseSettings[K] | undefined };
  /** Whether its parameter group is applied, as RDS says it: `in-sync`, `applying`, `pending-reboot`. */
  readonly parameters: string;
  /** When its restart was requested, epoch milliseconds: a tag. */
  readonly restartAskedMs: number | undefined;
  /** Since when no client is admitted and none is connected, epoch milliseconds: a tag, set when it had restarted. */
  readonly fencedSinceMs: number | undefined;
  /** When a handover made it the writer, epoch milliseconds: a tag. The first writer has none, nor has one promoted by other means. */
  readonly writerSinceMs: number | undefined;
}

/** A rule that admits clients to a database. */
export interface Ingress {
  readonly id: string;
  readonly group: string;
  readonly cidr: string | undefined;
  readonly protocol: string;
  readonly from: number | undefined;
  readonly to: number | undefined;
}

export interface ServiceFacts {
  readonly system: string;
  readonly desired: number;
  readonly running: number;
}

/** How far a copy was behind, as CloudWatch has it once a minute; negative while it does not follow at all. */
export interface Lag {
  readonly atMs: number;
  readonly seconds: number;
}

export interface SiteFacts {
  /** null: there is none. */
  readonly database: DatabaseFacts | null | undefined;
  /** Whether a former database is kept beside it. */
  readonly before: boolean | undefined;
  readonly lag: readonly Lag[] | undefined;
  readonly ingress: readonly Ingress[] | undefined;
  /** The security group that has the inventory's rules. */
  readonly group: string | undefined;
  /** Of each system, at most one. */
  readonly services: readonly ServiceFacts[] | undefined;
  /** Systems of which no task answers its load balancer. */
  readonly silent: readonly string[] | undefined;
  /** Systems whose alarm is not OK: names do not lead here. */
  readonly alarmed: readonly string[] | undefined;
}

/** What a health check follows: its alarm, or it is pinned to healthy (`here`), or to unhealthy (`away`). */
export type Hold = 'alarm' | 'here' | 'away';

/** A health check of Route 53, by the alarm that it looks at. */
export interface HealthCheck {
  readonly id: string;
  readonly alarm: string;
  readonly region: string;
  /** Undefined: a setting that no handover makes. */
  readonly held: Hold | undefined;
}

/** Both sites: the one that is left, and the one that is to take over. */
export interface Situation {
  readonly nowMs: number;
  readonly from: SiteFacts;
  readonly to: SiteFacts;
  readonly checks: readonly HealthCheck[] | undefined;
}
