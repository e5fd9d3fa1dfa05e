import { fullDiff, type ResourceDifference, ResourceImpact } from '@aws-cdk/cloudformation-diff';
import type { CloudTemplate } from '../app.js';
import { interruptionBy, refusalOf } from './services.js';

/** What CloudFormation would do with a resource. `changed`: in place; `revised`: a new version beside the old one. */
export type Fate = 'created' | 'deleted' | 'replaced' | 'may be replaced' | 'revised' | 'changed';

export interface ResourceChange {
  /** The resource's logical id. */
  readonly resource: string;
  readonly type: string;
  readonly fate: Fate;
  /** The properties whose change is the reason. */
  readonly because: readonly string[];
  /** Why the service will not do it, though the template says so. */
  readonly refused?: string;
  /** What is interrupted by a change in place. */
  readonly interrupts?: string;
}

/** The template of a stack that does not exist. */
export const NO_TEMPLATE: CloudTemplate = { Resources: {} };

/** Types whose changes are new revisions; tasks of the old one continue until those of the new one answer. */
const REVISED: ReadonlySet<string> = new Set(['AWS::ECS::TaskDefinition']);

const FATES: Readonly<Partial<Record<ResourceImpact, Fate>>> = {
  [ResourceImpact.WILL_CREATE]: 'created',
  [ResourceImpact.WILL_DESTROY]: 'deleted',
  // It stays, without a stack.
  [ResourceImpact.WILL_ORPHAN]: 'deleted',
  [ResourceImpact.WILL_REPLACE]: 'replaced',
  [ResourceImpact.MAY_REPLACE]: 'may be replaced',
  [ResourceImpact.WILL_UPDATE]: 'changed',
};

/**
 * Properties that RDS changes in place, though CloudFormation's schema marks them as replaced under conditions that it does not state; those
 * that an inventory can set.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBInstance.html
 */
const IN_PLACE: Readonly<Record<string, readonly string[]>> = { 'AWS::RDS::DBInstance': ['MultiAZ', 'BackupRetentionPeriod'] };

/**
 * The changes of one stack.
 *
 * @param renewed names of parameters whose values have changed by then, because their resource is replaced; those of this stack are added
 */
export function compareStack(before: CloudTemplate, after: CloudTemplate, renewed: Set<string>): readonly ResourceChange[] {
  const { resources } = fullDiff(mutable(before), mutable(withRenewed(after, renewed)));
  const changes: ResourceChange[] = [];
  resources.forEachDifference((id, difference) => changes.push(...changeOf(id, difference)));
  const replaced = new Set(changes.filter(({ fate }) => fate === 'replaced').map(({ resource }) => resource));
  for (const name of renewedParameters(after, replaced)) renewed.add(name);
  return changes;
}

/** The library's types are of templates that may be written to; it does not. */
const mutable = (template: CloudTemplate): Record<string, unknown> => ({ ...template });

function changeOf(resource: string, difference: ResourceDifference): readonly ResourceChange[] {
  const type = difference.oldResourceType ?? difference.newResourceType ?? '';
  const fate = FATES[difference.changeImpact];
  if (fate === undefined) return [];
  const updates = Object.entries(difference.propertyUpdates);
  const because = updates.flatMap(([property, { changeImpact }]) =>
    changeImpact === difference.changeImpact && IN_PLACE[type]?.includes(property) !== true ? [property] : [],
  );
  if (fate === 'changed' || (fate === 'may be replaced' && because.length === 0)) return changedInPlace(resource, type, updates);
  if (fate === 'replaced' && REVISED.has(type)) return [{ resource, type, fate: 'revised', because }];
  const keepsName =
    fate === 'replaced' && NAMES.find(name => isSameText(difference.oldValue?.Properties?.[name], difference.newValue?.Properties?.[name]));
  const refused = keepsName
    ? `CloudFormation makes the new one before it takes the old one away, and both have one ${keepsName}`
    : undefined;
  return [{ resource, type, fate, because, ...(refused === undefined ? {} : { refused }) }];
}

/**
 * Properties by which a template names a resource itself; of such a one there cannot be two at a time.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-name.html
 */
const NAMES = [
  'GroupName',
  'Name',
  'LoadBalancerName',
  'DBInstanceIdentifier',
  'DBSubnetGroupName',
  'BucketName',
  'RoleName',
  'TopicName',
  'AlarmName',
  'LogGroupName',
  'ServiceName',
  'ClusterName',
  'BackupVaultName',
];

const isSameText = (before: unknown, after: unknown): boolean => typeof before === 'string' && before === after;

/** Of metadata and attributes of the template, which are no properties, nothing comes to the service. */
function changedInPlace(
  resource: string,
  type: string,
  updates: readonly (readonly [string, PropertyUpdate])[],
): readonly ResourceChange[] {
  if (updates.length === 0) return [];
  const refused = updates.map(([property, { oldValue, newValue }]) => refusalOf(type, property, oldValue, newValue)).find(Boolean);
  const interrupts = updates.map(([property]) => interruptionBy(type, property)).find(Boolean);
  return [
    {
      resource,
      type,
      fate: 'changed',
      because: updates.map(([property]) => property),
      ...(refused === undefined ? {} : { refused }),
      ...(interrupts === undefined ? {} : { interrupts }),
    },
  ];
}
type PropertyUpdate = ResourceDifference['propertyUpdates'][string];

/** The later template as if its parameters of those names had been given another value. */
function withRenewed(template: CloudTemplate, renewed: ReadonlySet<string>): CloudTemplate {
  const references = Object.entries(template.Parameters ?? {}).flatMap(([id, parameter]) =>
    renewed.has((parameter as { readonly Default?: string }).Default ?? '') ? [JSON.stringify({ Ref: id })] : [],
  );
  const text = references.reduce((now, reference) => now.replaceAll(reference, '{"Ref":"another"}'), JSON.stringify(template.Resources));
  return { ...template, Resources: JSON.parse(text) as CloudTemplate['Resources'] };
}

/** The names of parameters by which a stack publishes resources that are replaced. */
const renewedParameters = ({ Resources }: CloudTemplate, replaced: ReadonlySet<string>): readonly string[] =>
  Object.values(Resources)
    .filter(({ Type, Properties }) => Type === 'AWS::SSM::Parameter' && names(Properties?.Value).some(id => replaced.has(id)))
    .map(({ Properties }) => String(Properties?.Name));

/** The resources that a value is of: `{ Ref }` or `{ 'Fn::GetAtt' }`. */
function names(value: unknown): readonly string[] {
  const { Ref, 'Fn::GetAtt': attribute } = (value ?? {}) as { readonly Ref?: string; readonly 'Fn::GetAtt'?: readonly string[] };
  return [Ref, attribute?.[0]].filter(id => id !== undefined);
}
