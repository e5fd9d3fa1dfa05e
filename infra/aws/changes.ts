/** What a change of the inventory would do to a city that stands on AWS, by CloudFormation's own rules, before anyone deploys. */

import { fullDiff, type ResourceDifference, ResourceImpact } from '@aws-cdk/cloudformation-diff';
import { type CloudTemplate, templatesOf } from './app.js';
import type { Deployment } from './deployment.js';
import { isStateful } from './policy/own-pack.js';

/** `may-replace`: AWS decides by the values. `leave`: it stays, and no stack knows it any more. */
export type AwsEffect = 'create' | 'update' | 'may-replace' | 'replace' | 'leave' | 'delete';

export interface AwsChange {
  /** As `can-tho-s1-site`. */
  readonly stack: string;
  /** Logical id. */
  readonly resource: string;
  /** As `AWS::RDS::DBInstance`. */
  readonly type: string;
  readonly effect: AwsEffect;
  /** Properties that cause it; none of what comes or goes. */
  readonly because: readonly string[];
  /** Whether it holds what must not be lost. */
  readonly stateful: boolean;
}

const EFFECTS = {
  [ResourceImpact.WILL_CREATE]: 'create',
  [ResourceImpact.WILL_IMPORT]: 'create',
  [ResourceImpact.WILL_UPDATE]: 'update',
  [ResourceImpact.MAY_REPLACE]: 'may-replace',
  [ResourceImpact.WILL_REPLACE]: 'replace',
  [ResourceImpact.WILL_ORPHAN]: 'leave',
  [ResourceImpact.WILL_DESTROY]: 'delete',
  [ResourceImpact.NO_CHANGE]: undefined,
} as const satisfies Record<ResourceImpact, AwsEffect | undefined>;

const NOTHING: CloudTemplate = { Resources: {} };

/** Every resource that a deployment of the second would touch where the first stands, in the order of the stacks. */
export function awsChanges(before: Deployment, after: Deployment): readonly AwsChange[] {
  const [old, next] = [templatesOf(before), templatesOf(after)];
  return [...new Set([...old.keys(), ...next.keys()])].flatMap(stack =>
    changesOf(stack, old.get(stack) ?? NOTHING, next.get(stack) ?? NOTHING),
  );
}

/** Of one stack. */
export function changesOf(stack: string, before: CloudTemplate, after: CloudTemplate): readonly AwsChange[] {
  const changes: AwsChange[] = [];
  fullDiff(before, after).resources.forEachDifference((resource, difference) => {
    const effect = EFFECTS[difference.changeImpact];
    const type = difference.oldResourceType ?? difference.newResourceType ?? '';
    if (effect !== undefined)
      changes.push({ stack, resource, type, effect, because: causesOf(difference, effect), stateful: isStateful(type) });
  });
  return changes;
}

/** Of a replacement, the properties that ask for it; else all that change. */
function causesOf(difference: ResourceDifference, effect: AwsEffect): readonly string[] {
  if (difference.isAddition || difference.isRemoval) return [];
  const updates = Object.entries(difference.propertyUpdates);
  const replacing = updates.filter(([, { changeImpact }]) => changeImpact !== undefined && EFFECTS[changeImpact] === effect);
  return (replacing.length > 0 ? replacing : updates).map(([name]) => name);
}

/** Whether what must not be lost would be. */
export const loses = ({ effect, stateful }: AwsChange): boolean => stateful && effect !== 'create' && effect !== 'update';
