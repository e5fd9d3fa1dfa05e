/** Requests changes of AWS. */

import { AuthorizeSecurityGroupIngressCommand, RevokeSecurityGroupIngressCommand } from '@aws-sdk/client-ec2';
import { UpdateServiceCommand } from '@aws-sdk/client-ecs';
import {
  AddTagsToResourceCommand,
  CreateDBInstanceReadReplicaCommand,
  type CreateDBInstanceReadReplicaCommandInput,
  type DBInstance,
  ModifyDBInstanceCommand,
  PromoteReadReplicaCommand,
  RebootDBInstanceCommand,
  RemoveTagsFromResourceCommand,
} from '@aws-sdk/client-rds';
import { type Route53Client, UpdateHealthCheckCommand } from '@aws-sdk/client-route-53';
import { aliasArn, databaseArn, type SiteOnAws, siteNames, systemNames } from '../../../infra/aws/plan/names.js';
import type { Change } from '../change.js';
import type { Handover } from '../handover.js';
import type { Ingress } from '../situation.js';
import { type Asked, databaseNamed, tagOf } from './look.js';

type Of<K extends Change['do']> = Extract<Change, { readonly do: K }>;
type SiteChange = Exclude<Change, Of<'turn-names'>>;
interface Context {
  readonly here: Asked;
  readonly other: SiteOnAws;
  readonly handover: Handover;
}
type Performers = { readonly [K in SiteChange['do']]: (context: Context, change: Of<K>) => Promise<unknown> };

const PERFORM: Performers = {
  scale: ({ here: { ecs, place, options }, handover }, { system, tasks }) => {
    const key = { key: system, number: handover.city.systems.find(each => each.key === system)?.number ?? 0 };
    const { service } = systemNames(place, key as Parameters<typeof systemNames>[1]);
    return ecs.send(new UpdateServiceCommand({ cluster: siteNames(place).cluster, service, desiredCount: tasks }), options);
  },
  close: ({ here: { ec2, options } }, { rules }) =>
    Promise.all(
      [...new Set(rules.map(({ group }) => group))].map(GroupId =>
        ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, SecurityGroupRuleIds: idsIn(rules, GroupId) }), options),
      ),
    ),
  open: ({ here: { ec2, options } }, { group, rules }) =>
    ec2.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId: group,
        IpPermissions: rules.map(({ protocol, from, to, cidr, why }) => ({
          IpProtocol: protocol,
          FromPort: from,
          ToPort: to,
          IpRanges: [{ CidrIp: cidr, Description: why }],
        })),
      }),
      options,
    ),
  reboot: ({ here: { rds, place, options } }) =>
    rds.send(new RebootDBInstanceCommand({ DBInstanceIdentifier: siteNames(place).database }), options),
  mark: ({ here: { rds, place, options } }, { mark, atMs }) =>
    rds.send(
      new AddTagsToResourceCommand({
        ResourceName: databaseArn(place),
        Tags: [{ Key: tagOf(mark), Value: new Date(atMs).toISOString() }],
      }),
      options,
    ),
  unmark: ({ here: { rds, place, options } }, { mark }) =>
    rds.send(new RemoveTagsFromResourceCommand({ ResourceName: databaseArn(place), TagKeys: [tagOf(mark)] }), options),
  promote: ({ here: { rds, place, options }, handover }) =>
    rds.send(
      new PromoteReadReplicaCommand({
        DBInstanceIdentifier: siteNames(place).database,
        BackupRetentionPeriod: handover.city.aws.database.retentionDays,
      }),
      options,
    ),
  'second-zone': ({ here }) => modify(here, { MultiAZ: true }),
  'set-aside': ({ here }) => modify(here, { NewDBInstanceIdentifier: siteNames(here.place).databaseBefore }),
  copy: async ({ here, other }) => {
    const before = await databaseNamed(here, siteNames(here.place).databaseBefore);
    return here.rds.send(new CreateDBInstanceReadReplicaCommand(copyLike(before, here.place, other)), here.options);
  },
};

/** Requests a change at a site. */
export const performAt = (context: Context, change: SiteChange): Promise<unknown> =>
  (PERFORM[change.do] as (context: Context, change: SiteChange) => Promise<unknown>)(context, change);

/**
 * Sets what a health check follows. Disabled means always healthy, disabled and inverted always unhealthy.
 *
 * @see https://docs.aws.amazon.com/Route53/latest/APIReference/API_UpdateHealthCheck.html
 */
export const turnNames = (route53: Route53Client, { check, hold }: Of<'turn-names'>, options: Asked['options']): Promise<unknown> =>
  route53.send(new UpdateHealthCheckCommand({ HealthCheckId: check, Disabled: hold !== 'alarm', Inverted: hold === 'away' }), options);

const idsIn = (rules: readonly Ingress[], wanted: string): string[] => rules.filter(({ group }) => group === wanted).map(({ id }) => id);

const modify = ({ rds, place, options }: Asked, what: { readonly MultiAZ?: boolean; readonly NewDBInstanceIdentifier?: string }) =>
  rds.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier: siteNames(place).database, ApplyImmediately: true, ...what }), options);

/** The request for a copy with the settings of the former database: its stack must find nothing changed. */
function copyLike(before: DBInstance | null, place: SiteOnAws, source: SiteOnAws): CreateDBInstanceReadReplicaCommandInput {
  const groups = (before?.VpcSecurityGroups ?? []).flatMap(({ VpcSecurityGroupId }) => VpcSecurityGroupId ?? []);
  return {
    DBInstanceIdentifier: siteNames(place).database,
    // By its ARN the SDK sees that it is in another region, and signs for that one, too.
    SourceDBInstanceIdentifier: databaseArn(source),
    KmsKeyId: aliasArn(place),
    DBInstanceClass: before?.DBInstanceClass,
    DBSubnetGroupName: before?.DBSubnetGroup?.DBSubnetGroupName,
    DBParameterGroupName: before?.DBParameterGroups?.[0]?.DBParameterGroupName,
    VpcSecurityGroupIds: groups,
    MultiAZ: before?.MultiAZ,
    PubliclyAccessible: false,
    DeletionProtection: true,
    CopyTagsToSnapshot: true,
    AutoMinorVersionUpgrade: before?.AutoMinorVersionUpgrade,
    EnableIAMDatabaseAuthentication: before?.IAMDatabaseAuthenticationEnabled,
    EnableCloudwatchLogsExports: before?.EnabledCloudwatchLogsExports,
    MonitoringInterval: before?.MonitoringInterval,
    MonitoringRoleArn: before?.MonitoringRoleArn,
    EnablePerformanceInsights: before?.PerformanceInsightsEnabled,
    PerformanceInsightsKMSKeyId: before?.PerformanceInsightsKMSKeyId,
    Tags: (before?.TagList ?? []).filter(({ Key }) => !Key?.startsWith('aws:') && !Key?.startsWith('citydc:')),
  };
}
