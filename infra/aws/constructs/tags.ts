import { Tags } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';

/** The tag, and its value, of everything in the daily backup plan, which also copies it to the other region. */
export const BACKUP_TAG = 'backup';
export const DAILY = 'daily';

export interface Ownership {
  readonly owner: string;
  readonly tier: string;
}

/** Tags a part with its owner and its tier. Tags nearer to a resource win. */
export function owned(scope: IConstruct, { owner, tier }: Ownership): void {
  Tags.of(scope).add('owner', taggable(owner), UNTAGGED);
  Tags.of(scope).add('tier', tier, UNTAGGED);
}

/** Resources without tags in CloudFormation's schema, though the library would tag them. */
const UNTAGGED = { excludeResourceTypes: ['AWS::ElasticLoadBalancingV2::Listener'] };

export const backedUp = (scope: IConstruct): void => Tags.of(scope).add(BACKUP_TAG, DAILY);

/** The characters that AWS takes in a tag. */
export const taggable = (text: string): string => text.replace(/[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu, '');
