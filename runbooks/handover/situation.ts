/** What is found of a city on AWS. Whatever is undefined did not answer: that is not the same as not being there. */

export interface DatabaseFacts {
  /** As RDS says it. */
  readonly status: string;
  /** ARN of what it is a copy of; undefined when it takes writes. */
  readonly copyOf: string | undefined;
  /** When it was made, as a copy or otherwise, epoch milliseconds. A promotion does not change it. */
  readonly createdMs: number | undefined;
  /** In two zones, or asked to be. */
  readonly twoZones: boolean;
  /** When it was told to restart, epoch milliseconds: a tag. */
  readonly restartAskedMs: number | undefined;
  /** Since when nobody is let in and nobody was left in, epoch milliseconds: a tag, set when it had restarted. */
  readonly fencedSinceMs: number | undefined;
  /** When it was made the one that takes writes: a tag. A database that was the first has none, nor has one that others promoted. */
  readonly writerSinceMs: number | undefined;
}

/** A rule that lets somebody in to a database. */
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

/** How far a copy was behind, as told once a minute; negative while it does not follow at all. */
export interface Lag {
  readonly atMs: number;
  readonly seconds: number;
}

export interface SiteFacts {
  /** null: there is none. */
  readonly database: DatabaseFacts | null | undefined;
  /** Whether the database of before still stands beside it. */
  readonly before: boolean | undefined;
  readonly lag: readonly Lag[] | undefined;
  readonly ingress: readonly Ingress[] | undefined;
  /** The group that the inventory's rules stand in. */
  readonly group: string | undefined;
  /** Of each system, at most one. */
  readonly services: readonly ServiceFacts[] | undefined;
  /** Systems of which no task answers its load balancer. */
  readonly silent: readonly string[] | undefined;
  /** Systems whose alarm does not say that all is well: names do not lead here. */
  readonly alarmed: readonly string[] | undefined;
}

/** What a health check says: what its alarm says, or always that names may lead there (`here`), or always that they must not. */
export type Hold = 'alarm' | 'here' | 'away';

/** A health check of Route 53, by the alarm that it looks at. */
export interface HealthCheck {
  readonly id: string;
  readonly alarm: string;
  readonly region: string;
  /** Undefined: something that no handover sets. */
  readonly held: Hold | undefined;
}

/** Both sites: the one that is left, and the one that is to take over. */
export interface Situation {
  readonly nowMs: number;
  readonly from: SiteFacts;
  readonly to: SiteFacts;
  readonly checks: readonly HealthCheck[] | undefined;
}
