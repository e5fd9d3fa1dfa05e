/** Where a city can run, and what an inventory says of each. What follows from that is in the folder of the target's own, as `infra/aws`. */

import type { AwsPlan } from './aws/plan.js';
import type { DockerHost } from './docker/docker-host.js';

export const TARGETS = ['lab', 'docker', 'aws'] as const;
export type Target = (typeof TARGETS)[number];

/** What a city's inventory says of its targets; the lab needs nothing. */
export interface TargetSections {
  /** By key. */
  readonly dockerHosts: readonly DockerHost[];
  /** Undefined where it is not meant for AWS. */
  readonly aws: AwsPlan | undefined;
}
