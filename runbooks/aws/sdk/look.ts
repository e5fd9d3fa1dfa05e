/** Reads a site. Everything is asked for by names that the model computes. */

import { DescribeAlarmsCommand, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeSecurityGroupRulesCommand, DescribeSecurityGroupsCommand } from '@aws-sdk/client-ec2';
import { DescribeServicesCommand } from '@aws-sdk/client-ecs';
import { DescribeTargetGroupsCommand, DescribeTargetHealthCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { type DBInstance, DescribeDBInstancesCommand } from '@aws-sdk/client-rds';
import { paginateListHealthChecks, type Route53Client } from '@aws-sdk/client-route-53';
import { type Place, siteNames, systemNames } from '../../../infra/aws/names.js';
import type { System } from '../../../infra/city/model.js';
import type { Mark } from '../change.js';
import type { DatabaseFacts, HealthCheck, Ingress, Lag, ServiceFacts, SiteFacts } from '../situation.js';
import { answered, isAbsence } from './answers.js';
import type { SiteClients } from './clients.js';

/** What a site's database remembers a mark by. */
export const tagOf = (mark: Mark): string => `citydc:${mark}`;

/** ECS describes so many services at once. */
const SERVICES_AT_ONCE = 10;
const LAG_MINUTES = 15;

/** All that a handover wants to know of a site. */
export async function lookAt(clients: SiteClients, systems: readonly System[], nowMs: number): Promise<SiteFacts> {
  const { place } = clients;
  const names = siteNames(place);
  const ask = <T>(what: string, question: () => Promise<T>) => answered(`${what} of s${place.site.number}`, question);
  const database = await ask('database', () => databaseNamed(clients, names.database));
  const groups = await ask('security groups', () => groupsOf(clients, names.database, database));
  return {
    database: database == null ? database : factsOf(database),
    before: await ask('former database', async () => (await databaseNamed(clients, names.databaseBefore)) !== null),
    lag: await ask('lag', () => lagOf(clients, nowMs)),
    ingress: groups && (await ask('rules', () => ingressOf(clients, groups.all))),
    group: groups?.named,
    services: await ask('services', () => servicesOf(clients, systems)),
    silent: await ask('targets', () => silentAt(clients, systems)),
    alarmed: await ask('alarms', () => alarmedAt(clients, systems)),
  };
}

/** @returns null when there is none */
export async function databaseNamed({ rds }: SiteClients, name: string): Promise<DBInstance | null> {
  try {
    const { DBInstances = [] } = await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: name }));
    return DBInstances[0] ?? null;
  } catch (error) {
    if (isAbsence(error, 'DBInstanceNotFoundFault') || isAbsence(error, 'DBInstanceNotFound')) return null;
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
    copyOf: database.ReadReplicaSourceDBInstanceIdentifier || undefined,
    twoZones: database.MultiAZ === true || database.PendingModifiedValues?.MultiAZ === true,
    restartAskedMs: marked('restart-asked'),
    fencedSinceMs: marked('fenced-since'),
    writerSinceMs: marked('writer-since'),
  };
}

/** The one that the inventory's rules stand in, and whatever else the database has: each lets in. */
async function groupsOf({ ec2 }: SiteClients, name: string, database: DBInstance | null | undefined) {
  const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({ Filters: [{ Name: 'group-name', Values: [name] }] }));
  const named = SecurityGroups[0]?.GroupId;
  const attached = (database?.VpcSecurityGroups ?? []).map(({ VpcSecurityGroupId }) => VpcSecurityGroupId);
  return { named, all: [...new Set([named, ...attached])].filter(id => id !== undefined) };
}

async function ingressOf({ ec2 }: SiteClients, groups: readonly string[]): Promise<readonly Ingress[]> {
  if (groups.length === 0) return [];
  const { SecurityGroupRules = [] } = await ec2.send(
    new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'group-id', Values: [...groups] }] }),
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

async function servicesOf({ ecs, place }: SiteClients, systems: readonly System[]): Promise<readonly ServiceFacts[]> {
  const named = new Map<string, string>(systems.map(system => [systemNames(place, system).service, system.key]));
  const batches = Array.from({ length: Math.ceil(named.size / SERVICES_AT_ONCE) }, (_, batch) =>
    [...named.keys()].slice(batch * SERVICES_AT_ONCE, (batch + 1) * SERVICES_AT_ONCE),
  );
  const answers = await Promise.all(
    batches.map(services => ecs.send(new DescribeServicesCommand({ cluster: siteNames(place).cluster, services }))),
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

/** Every door of a system must have a task that answers. */
async function silentAt({ balancers, place }: SiteClients, systems: readonly System[]): Promise<readonly string[]> {
  const answers = await Promise.all(
    systems.map(async system => {
      const Names = [systemNames(place, system).targets('tcp', system.port)];
      const { TargetGroups = [] } = await balancers.send(new DescribeTargetGroupsCommand({ Names }));
      const [group] = TargetGroups;
      const { TargetHealthDescriptions = [] } = await balancers.send(
        new DescribeTargetHealthCommand({ TargetGroupArn: group?.TargetGroupArn }),
      );
      return TargetHealthDescriptions.some(({ TargetHealth }) => TargetHealth?.State === 'healthy') ? [] : [system.key];
    }),
  );
  return answers.flat();
}

async function alarmedAt({ cloudWatch, place }: SiteClients, systems: readonly System[]): Promise<readonly string[]> {
  const named = new Map(systems.map(system => [systemNames(place, system).silentAlarm, system.key]));
  const { MetricAlarms = [] } = await cloudWatch.send(new DescribeAlarmsCommand({ AlarmNames: [...named.keys()], MaxRecords: 100 }));
  const well = new Set(MetricAlarms.filter(({ StateValue }) => StateValue === 'OK').map(({ AlarmName }) => AlarmName));
  return [...named].filter(([alarm]) => !well.has(alarm)).map(([, system]) => system);
}

async function lagOf({ cloudWatch, place }: SiteClients, nowMs: number): Promise<readonly Lag[]> {
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
  );
  return Datapoints.flatMap(({ Timestamp, Maximum }) =>
    Timestamp === undefined || Maximum === undefined ? [] : [{ atMs: Timestamp.getTime(), seconds: Maximum }],
  ).toSorted((a, b) => a.atMs - b.atMs);
}

/** The health checks that look at alarms of these sites. Route 53 cannot be asked for one by its alarm: all are read. */
export async function healthChecks(route53: Route53Client, places: readonly Place[]): Promise<readonly HealthCheck[]> {
  const regions = new Map(places.map(({ prefix, region }) => [prefix, region as string]));
  const found: HealthCheck[] = [];
  for await (const { HealthChecks = [] } of paginateListHealthChecks({ client: route53 }, {}))
    for (const { Id = '', HealthCheckConfig } of HealthChecks) {
      const { Name = '', Region = '' } = HealthCheckConfig?.AlarmIdentifier ?? {};
      const heldAway = HealthCheckConfig?.Disabled === true && HealthCheckConfig.Inverted === true;
      if ([...regions].some(([prefix, region]) => Name.startsWith(`${prefix}-`) && region === Region))
        found.push({ id: Id, alarm: Name, region: Region, heldAway });
    }
  return found;
}
