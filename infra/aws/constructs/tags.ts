import { Tags } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';

/** Everything that has the value is in the daily backup plan, and so copied to the other region. */
export const BACKUP_TAG = 'backup';
export const DAILY = 'daily';

export interface Ownership {
  readonly owner: string;
  readonly tier: string;
}

/** Who answers for a part, and how much depends on it. What is nearer to a resource wins. */
export function owned(scope: IConstruct, { owner, tier }: Ownership): void {
  Tags.of(scope).add('owner', taggable(owner), UNTAGGED);
  Tags.of(scope).add('tier', tier, UNTAGGED);
}

/** CloudFormation's schema has no tags for them, though the library has. */
const UNTAGGED = { excludeResourceTypes: ['AWS::ElasticLoadBalancingV2::Listener'] };

export const backedUp = (scope: IConstruct): void => Tags.of(scope).add(BACKUP_TAG, DAILY);

/** The characters that AWS takes in a tag. */
export const taggable = (text: string): string => text.replace(/[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu, '');
