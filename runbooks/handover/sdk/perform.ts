/** Requests changes of AWS. */

import { AuthorizeSecurityGroupIngressCommand, RevokeSecurityGroupIngressCommand } from '@aws-sdk/client-ec2';
import { UpdateServiceCommand } from '@aws-sdk/client-ecs';
import {
  AddTagsToResourceCommand,
  CreateDBInstanceReadReplicaCommand,
  ModifyDBInstanceCommand,
  type ModifyDBInstanceCommandInput,
  PromoteReadReplicaCommand,
  RebootDBInstanceCommand,
  RemoveTagsFromResourceCommand,
} from '@aws-sdk/client-rds';
import { type Route53Client, UpdateHealthCheckCommand } from '@aws-sdk/client-route-53';
import { databaseArn, type SiteOnAws, siteNames, systemNames } from '../../../infra/aws/plan/names.js';
import type { System } from '../../../infra/city/model.js';
import type { Change } from '../change.js';
import type { Handover } from '../handover.js';
import type { Ingress } from '../situation.js';
import { copyRequest, settledBy } from './copy.js';
import { type Asked, tagOf } from './look.js';

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
    const { service } = systemNames(place, systemOf(handover.city, system));
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
  settle: ({ here }, { settings }) => modify(here, settledBy(settings)),
  copy: ({ here: { rds, place, options }, other, handover }, { group }) =>
    rds.send(new CreateDBInstanceReadReplicaCommand(copyRequest(handover.city, place, other, group)), options),
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

function systemOf({ systems }: Handover['city'], wanted: string): System {
  const found = systems.find(({ key }) => key === wanted);
  if (found === undefined) throw new RangeError(`no system '${wanted}', though a step scales it`);
  return found;
}

const idsIn = (rules: readonly Ingress[], wanted: string): string[] => rules.filter(({ group }) => group === wanted).map(({ id }) => id);

const modify = ({ rds, place, options }: Asked, what: Partial<ModifyDBInstanceCommandInput>) =>
  rds.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier: siteNames(place).database, ApplyImmediately: true, ...what }), options);
