import { CfnDBInstance } from 'aws-cdk-lib/aws-rds';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { CfnResource } from 'aws-cdk-lib/core';
import { NagMessageLevel, NagPack, NagRuleCompliance, type NagRuleResult } from 'cdk-nag';
import type { IConstruct } from 'constructs';
import { BACKUP_TAG, DAILY } from '../plan/tags.js';

/** Types of resources that must not be lost: whether the daily backup plan must have them, and how a copy in the other region is recognised. */
const STATEFUL: Readonly<Record<string, { readonly backedUp: boolean; copied(node: CfnResource): boolean }>> = {
  [CfnDBInstance.CFN_RESOURCE_TYPE_NAME]: {
    backedUp: true,
    // The primary database is copied by the plan and by its replica; the replica is a copy itself.
    copied: node => node instanceof CfnDBInstance && (isReplica(node) || copiesAway(node)),
  },
  [CfnBucket.CFN_RESOURCE_TYPE_NAME]: {
    backedUp: true,
    copied: node => node instanceof CfnBucket && (node.replicationConfiguration !== undefined || copiesAway(node)),
  },
  [CfnSecret.CFN_RESOURCE_TYPE_NAME]: {
    backedUp: false,
    copied: node => node instanceof CfnSecret && Array.isArray(node.replicaRegions) && node.replicaRegions.length > 0,
  },
};

const isReplica = (node: CfnDBInstance): boolean => node.sourceDbInstanceIdentifier !== undefined;
/** The daily plan copies its backups to the other region. */
const copiesAway = (node: CfnResource): boolean => tagOf(node, BACKUP_TAG) === DAILY;

/** The city's own rules for every stateful resource, besides the published packs. */
export class CityChecks extends NagPack {
  readonly name = 'City';

  constructor(scope?: IConstruct) {
    super(scope);
    this.packName = this.name;
  }

  protected override checkResource(node: CfnResource): void {
    const demand = (ruleSuffixOverride: string, info: string, explanation: string, holds: () => boolean) =>
      this.applyRule({
        ruleSuffixOverride,
        info,
        explanation,
        level: NagMessageLevel.ERROR,
        node,
        rule: (): NagRuleResult => {
          if (STATEFUL[node.cfnResourceType] === undefined) return NagRuleCompliance.NOT_APPLICABLE;
          return holds() ? NagRuleCompliance.COMPLIANT : NagRuleCompliance.NON_COMPLIANT;
        },
      });
    const kind = STATEFUL[node.cfnResourceType];
    demand(
      'Backup',
      'It is in no backup plan.',
      'Everything that keeps state is backed up daily.',
      () => kind?.backedUp === false || copiesAway(node),
    );
    demand(
      'Copy',
      'It has no copy in the other region.',
      'A region that is lost takes no state with it.',
      () => kind?.copied(node) ?? false,
    );
    demand('Owner', 'It has no owner.', 'The tag owner names it.', () => (tagOf(node, 'owner') ?? '') !== '');
    demand('Tier', 'It has no tier.', 'The tag tier says how much depends on it.', () => (tagOf(node, 'tier') ?? '') !== '');
  }
}

/** A resource's tag as it will be deployed. */
function tagOf(node: CfnResource, key: string): string | undefined {
  const { tags } = node as CfnResource & { readonly tags?: { renderTags(): unknown } };
  const rendered = tags?.renderTags();
  const list = Array.isArray(rendered) ? (rendered as readonly { readonly key?: string; readonly value?: string }[]) : [];
  return list.find(tag => tag.key === key)?.value;
}
