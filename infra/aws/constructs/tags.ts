import { Tags } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { BACKUP_TAG, DAILY, type Ownership, taggable } from '../plan/tags.js';

/** Tags a part with its owner and its tier. Tags nearer to a resource win. */
export function owned(scope: IConstruct, { owner, tier }: Ownership): void {
  Tags.of(scope).add('owner', taggable(owner), UNTAGGED);
  Tags.of(scope).add('tier', tier, UNTAGGED);
}

/** Resources without tags in CloudFormation's schema, though the library would tag them. */
const UNTAGGED = { excludeResourceTypes: ['AWS::ElasticLoadBalancingV2::Listener'] };

export const backedUp = (scope: IConstruct): void => Tags.of(scope).add(BACKUP_TAG, DAILY);
