/** Reads a site. Everything is found by the names that the model computes. */

import { DescribeAlarmsCommand, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeSecurityGroupRulesCommand, DescribeSecurityGroupsCommand } from '@aws-sdk/client-ec2';
import { DescribeServicesCommand } from '@aws-sdk/client-ecs';
import { DescribeTargetGroupsCommand, DescribeTargetHealthCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { type DBInstance, DescribeDBInstancesCommand } from '@aws-sdk/client-rds';
import { type HealthCheckConfig, paginateListHealthChecks, type Route53Client } from '@aws-sdk/client-route-53';
import { type SiteOnAws, siteNames, systemNames } from '../../../infra/aws/plan/names.js';
import type { System } from '../../../infra/city/model.js';
import type { Mark } from '../change.js';
import type { DatabaseFacts, HealthCheck, Hold, Ingress, Lag, ServiceFacts, SiteFacts } from '../situation.js';
import { answered, isNamed, type Limit } from './answers.js';
import type { SiteClients } from './clients.js';

/** The tag of a site's database that holds a mark. */
export const tagOf = (mark: Mark): string => `citydc:${mark}`;

/** Services that ECS describes in one request. */
const SERVICES_AT_ONCE = 10;
const LAG_MINUTES = 15;

/**
 * All facts of a site. Everything is requested at once with the same time limit: a region that is lost costs that time once.
 */
export async function lookAt(clients: SiteClients, systems: readonly System[], nowMs: number, limit: Limit): Promise<SiteFacts> {
  const { place } = clients;
  const names = siteNames(place);
  const asked: Asked = { ...clients, options: { abortSignal: limit.signal } };
  const ask = <T>(what: string, question: () => Promise<T>) => answered(`${what} of s${place.site.number}`, question, limit);
  const database = ask('database', () => databaseNamed(asked, names.database));
  const named = ask('security group', () => groupNamed(asked, names.database));
  const [found, group, before, lag, services, silent, alarmed, ingress] = await Promise.all([
    database,
    named,
    ask('former database', async () => (await databaseNamed(asked, names.databaseBefore)) !== null),
    ask('lag', () => lagOf(asked, nowMs)),
    ask('services', () => servicesOf(asked, systems)),
    ask('targets', () => silentAt(asked, systems)),
    ask('alarms', () => alarmedAt(asked, systems)),
    rulesOf(asked, named, database, ask),
  ]);
  return {
    database: found == null ? found : factsOf(found),
    before,
    lag,
    ingress,
    group: group ?? undefined,
    services,
    silent,
    alarmed,
  };
}

/** A site's services, and how long they may take to answer. */
export type Asked = SiteClients & { readonly options: { readonly abortSignal: AbortSignal } };

/** @returns null when there is none */
async function databaseNamed({ rds, options }: Asked, name: string): Promise<DBInstance | null> {
  try {
    const { DBInstances = [] } = await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: name }), options);
    return DBInstances[0] ?? null;
  } catch (error) {
    if (isNamed(error, 'DBInstanceNotFoundFault') || isNamed(error, 'DBInstanceNotFound')) return null;
    throw error;
  }
}

function factsOf(database: DBInstance): DatabaseFacts {
  const marked = (mark: Mark): number | undefined => {
    const value = database.TagList?.find(({ Key }) => Key === tagOf(mark))?.Value;
    return value === undefined ? undefined : Date.parse(value);
  };
  return {
    status: database.DBInstanceStatus ?? 'unknown',
    createdMs: database.InstanceCreateTime?.getTime(),
    copyOf: database.ReadReplicaSourceDBInstanceIdentifier || undefined,
    settings: settingsOf(database),
    parameters: database.DBParameterGroups?.[0]?.ParameterApplyStatus ?? 'unknown',
    restartAskedMs: marked('restart-asked'),
    fencedSinceMs: marked('fenced-since'),
    writerSinceMs: marked('writer-since'),
  };
}

function settingsOf({ PendingModifiedValues: pending, ...database }: DBInstance): DatabaseFacts['settings'] {
  return {
    parameterGroup: database.DBParameterGroups?.[0]?.DBParameterGroupName,
    retentionDays: pending?.BackupRetentionPeriod ?? database.BackupRetentionPeriod,
    mostStorageGib: database.MaxAllocatedStorage,
    twoZones: pending?.MultiAZ ?? database.MultiAZ ?? false,
    backupWindow: database.PreferredBackupWindow,
    maintenanceWindow: database.PreferredMaintenanceWindow,
  };
}

/** The id of the security group that has the inventory's rules. @returns null when there is none */
async function groupNamed({ ec2, options }: Asked, name: string): Promise<string | null> {
  const { SecurityGroups = [] } = await ec2.send(
    new DescribeSecurityGroupsCommand({ Filters: [{ Name: 'group-name', Values: [name] }] }),
    options,
  );
  return SecurityGroups[0]?.GroupId ?? null;
}

/** The rules of the named group, and of all other groups that the database has: each of them admits. */
async function rulesOf(
  asked: Asked,
  named: Promise<string | null | undefined>,
  database: Promise<DBInstance | null | undefined>,
  ask: <T>(what: string, question: () => Promise<T>) => Promise<T | undefined>,
): Promise<readonly Ingress[] | undefined> {
  const group = await named;
  if (group === undefined) return undefined;
  const attached = ((await database)?.VpcSecurityGroups ?? []).map(({ VpcSecurityGroupId }) => VpcSecurityGroupId);
  return ask('rules', () =>
    ingressOf(
      asked,
      [...new Set([group, ...attached])].filter(id => id != null),
    ),
  );
}

async function ingressOf({ ec2, options }: Asked, groups: readonly string[]): Promise<readonly Ingress[]> {
  if (groups.length === 0) return [];
  const { SecurityGroupRules = [] } = await ec2.send(
    new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'group-id', Values: [...groups] }] }),
    options,
  );
  return SecurityGroupRules.filter(({ IsEgress }) => IsEgress !== true).map(rule => ({
    id: rule.SecurityGroupRuleId ?? '',
    group: rule.GroupId ?? '',
    cidr: rule.CidrIpv4 ?? rule.CidrIpv6,
    protocol: rule.IpProtocol ?? '-1',
    from: rule.FromPort,
    to: rule.ToPort,
  }));
}

async function servicesOf({ ecs, place, options }: Asked, systems: readonly System[]): Promise<readonly ServiceFacts[]> {
  const named = new Map<string, string>(systems.map(system => [systemNames(place, system).service, system.key]));
  const batches = Array.from({ length: Math.ceil(named.size / SERVICES_AT_ONCE) }, (_, batch) =>
    [...named.keys()].slice(batch * SERVICES_AT_ONCE, (batch + 1) * SERVICES_AT_ONCE),
  );
  const answers = await Promise.all(
    batches.map(services => ecs.send(new DescribeServicesCommand({ cluster: siteNames(place).cluster, services }), options)),
  );
  return answers
    .flatMap(({ services = [] }) => services)
    .filter(({ status }) => status === 'ACTIVE')
    .map(({ serviceName = '', desiredCount = 0, runningCount = 0 }) => ({
      system: named.get(serviceName) ?? serviceName,
      desired: desiredCount,
      running: runningCount,
    }));
}

/** Systems of which no task answers its load balancer. */
async function silentAt({ balancers, place, options }: Asked, systems: readonly System[]): Promise<readonly string[]> {
  const answers = await Promise.all(
    systems.map(async system => {
      const Names = [systemNames(place, system).targets('tcp', system.port)];
      const { TargetGroups = [] } = await balancers.send(new DescribeTargetGroupsCommand({ Names }), options);
      const [group] = TargetGroups;
      const { TargetHealthDescriptions = [] } = await balancers.send(
        new DescribeTargetHealthCommand({ TargetGroupArn: group?.TargetGroupArn }),
        options,
      );
      return TargetHealthDescriptions.some(({ TargetHealth }) => TargetHealth?.State === 'healthy') ? [] : [system.key];
    }),
  );
  return answers.flat();
}

async function alarmedAt({ cloudWatch, place, options }: Asked, systems: readonly System[]): Promise<readonly string[]> {
  const named = new Map(systems.map(system => [systemNames(place, system).silentAlarm, system.key]));
  const { MetricAlarms = [] } = await cloudWatch.send(
    new DescribeAlarmsCommand({ AlarmNames: [...named.keys()], MaxRecords: 100 }),
    options,
  );
  const healthy = new Set(MetricAlarms.filter(({ StateValue }) => StateValue === 'OK').map(({ AlarmName }) => AlarmName));
  return [...named].filter(([alarm]) => !healthy.has(alarm)).map(([, system]) => system);
}

async function lagOf({ cloudWatch, place, options }: Asked, nowMs: number): Promise<readonly Lag[]> {
  const { Datapoints = [] } = await cloudWatch.send(
    new GetMetricStatisticsCommand({
      Namespace: 'AWS/RDS',
      MetricName: 'ReplicaLag',
      Dimensions: [{ Name: 'DBInstanceIdentifier', Value: siteNames(place).database }],
      StartTime: new Date(nowMs - LAG_MINUTES * 60_000),
      EndTime: new Date(nowMs),
      Period: 60,
      Statistics: ['Maximum'],
    }),
    options,
  );
  return Datapoints.flatMap(({ Timestamp, Maximum }) =>
    Timestamp === undefined || Maximum === undefined ? [] : [{ atMs: Timestamp.getTime(), seconds: Maximum }],
  ).toSorted((a, b) => a.atMs - b.atMs);
}

/** The health checks that look at alarms of these sites. Route 53 has no search by alarm: all are read. */
export async function healthChecks(
  route53: Route53Client,
  places: readonly SiteOnAws[],
  abortSignal: AbortSignal,
): Promise<readonly HealthCheck[]> {
  const regions = new Map(places.map(({ prefix, region }) => [prefix, region as string]));
  const found: HealthCheck[] = [];
  for await (const { HealthChecks = [] } of paginateListHealthChecks({ client: route53 }, {}, { abortSignal }))
    for (const { Id = '', HealthCheckConfig } of HealthChecks) {
      const { Name = '', Region = '' } = HealthCheckConfig?.AlarmIdentifier ?? {};
      if ([...regions].some(([prefix, region]) => Name.startsWith(`${prefix}-`) && region === Region))
        found.push({ id: Id, alarm: Name, region: Region, held: holdOf(HealthCheckConfig) });
    }
  return found;
}

/** What a health check follows; as `turnNames` sets it. @see https://docs.aws.amazon.com/Route53/latest/APIReference/API_UpdateHealthCheck.html */
function holdOf({ Disabled = false, Inverted = false }: Pick<HealthCheckConfig, 'Disabled' | 'Inverted'> = {}): Hold | undefined {
  if (Disabled) return Inverted ? 'away' : 'here';
  return Inverted ? undefined : 'alarm';
}
