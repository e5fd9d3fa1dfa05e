import { CfnCluster } from 'aws-cdk-lib/aws-ecs';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct, IDependable } from 'constructs';
import type { SiteSegment } from '../../city/identity.js';
import { alarm } from '../constructs/alarm.js';
import { logsBucket, RecordsBucket } from '../constructs/buckets.js';
import { PrimaryDatabase, ReplicaDatabase } from '../constructs/database.js';
import { SiteKey } from '../constructs/key.js';
import { logGroup } from '../constructs/logs.js';
import { admittingGroup } from '../constructs/security-group.js';
import { SiteVpc } from '../constructs/site-vpc.js';
import { backedUp, owned } from '../constructs/tags.js';
import { Backups } from '../patterns/backups.js';
import { MonitorAtSite } from '../patterns/monitor.js';
import type { SiteResources } from '../patterns/site-resources.js';
import { SystemAtSite } from '../patterns/system.js';
import { databaseAdmission } from '../plan/admission.js';
import { databaseSettings, databaseTier, databaseTraits } from '../plan/database.js';
import type { Deployment } from '../plan/deployment.js';
import type { MonitorProcess } from '../plan/monitoring.js';
import { aliasArn, bucketArn, databaseArn, planOf, type SiteOnAws, secretArn, siteNames, subnetCidr, vaultArn } from '../plan/names.js';
import { LEAVING_SEGMENTS } from '../plan/routes.js';
import { tasksAt } from '../plan/tasks.js';
import { acknowledge } from '../policy/acknowledge.js';
import { AwsStack } from './city-stack.js';

export interface SiteStackProps {
  readonly deployment: Deployment;
  readonly place: SiteOnAws;
  readonly monitor: { readonly configurationFolder: string; readonly processes: readonly MonitorProcess[] };
}

/** One data centre: network, database, records, applications and its monitor. */
export class SiteStack extends AwsStack {
  constructor(scope: Construct, { deployment, place, monitor }: SiteStackProps) {
    const description = place.role === 'primary' ? 'Primary data centre' : 'Leased backup site';
    super(scope, { deployment, place, kind: 'site', description, stateful: true });
    const names = siteNames(place);
    const { city } = deployment;
    const key = this.#key();
    const network = this.#network(key);
    const topic = this.#alarms(key);
    const allowedBy = place.role === 'primary' ? this.#records(key) : undefined;
    const resources: SiteResources = {
      deployment,
      city,
      place,
      key,
      owner: city.aws.owner,
      vpcId: network.vpc.ref,
      edge: network.subnets.edge,
      application: network.subnets.application,
      logs: logGroup(this, 'Logs', names.logs, key),
      balancerLogs: { bucket: names.logsBucket, allowedBy },
      topicArn: topic.topicArn,
      clusterArn: new CfnCluster(this, 'Cluster', {
        clusterName: names.cluster,
        clusterSettings: [{ name: 'containerInsights', value: 'enabled' }],
      }).attrArn,
      database: this.#database(key, network, topic),
      executionRole: new Role(this, 'ExecutionRole', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') }),
    };
    this.#mayFetch(resources, key);
    for (const application of city.aws.systems) {
      const system = city.systems.find(({ number }) => number === application.system);
      if (system !== undefined)
        new SystemAtSite(
          this,
          `System${system.number}`,
          resources,
          system,
          application,
          tasksAt(place, city.aws.posture, application.tasks),
        );
    }
    new MonitorAtSite(this, 'Monitor', resources, { ...monitor, container: city.aws.monitor, operations: network.subnets.operations });
    this.#backups(key, topic);
    this.#publishAll(network, topic, key);
  }

  /** The backup's key is in the stack `foundation`. */
  #key(): IKey {
    if (this.place.role === 'primary') return new SiteKey(this, 'Key', { alias: siteNames(this.place).keyAlias }).key;
    return Key.fromKeyArn(this, 'Key', this.published('key'));
  }

  /** AWS asks each address once to confirm, and notifies it from then on. */
  #alarms(key: IKey): Topic {
    const topic = new Topic(this, 'Alarms', { topicName: siteNames(this.place).alarmTopic, masterKey: key, enforceSSL: true });
    // A policy replaces the default one, by which the account's alarms may publish.
    topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'Alarms',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': this.place.account } },
      }),
    );
    for (const address of this.deployment.city.aws.notify) topic.addSubscription(new EmailSubscription(address));
    return topic;
  }

  #network(key: IKey): SiteVpc<SiteSegment> {
    const { city } = this.deployment;
    const plan = planOf(city);
    const { number } = this.place.site;
    const zones = Array.from({ length: city.aws.availabilityZones }, (_, zone) => zone);
    const cidrs = (segment: SiteSegment) => zones.map(zone => subnetCidr(plan, number, segment, zone));
    return new SiteVpc<SiteSegment>(this, 'Network', {
      name: siteNames(this.place).vpc,
      cidr: plan.lan(number).v4,
      segments: { edge: cidrs('edge'), application: cidrs('application'), data: cidrs('data'), operations: cidrs('operations') },
      endpointSegment: 'application',
      key,
    });
  }

  #database(key: IKey, network: SiteVpc<SiteSegment>, topic: Topic): SiteResources['database'] {
    const { city, primary, backup } = this.deployment;
    const names = siteNames(this.place);
    const groupId = admittingGroup(this, 'DatabaseGroup', {
      vpcId: network.vpc.ref,
      name: names.database,
      description: 'who reaches the database',
      admission: databaseAdmission(city, this.place.site.number),
    }).ref;
    const shared = {
      traits: databaseTraits(city, this.place),
      settings: databaseSettings(city, this.place),
      key,
      groupId,
      subnetIds: network.subnets.data.map(({ ref }) => ref),
    };
    if (this.place.role === 'primary') {
      const database = new PrimaryDatabase(this, 'Database', {
        ...shared,
        storageGib: city.aws.database.storageGib,
        secretName: names.databaseSecret,
        replica: { region: backup.region, keyAlias: siteNames(backup).keyAlias },
      });
      owned(database, { owner: city.aws.owner, tier: databaseTier(city) });
      backedUp(database);
      this.#databaseAlarms(topic);
      return { host: database.instance.attrEndpointAddress, secretArn: database.secret.secretArn };
    }
    const replica = new ReplicaDatabase(this, 'Database', {
      ...shared,
      sourceArn: databaseArn(primary),
      sourceRegion: primary.region,
    });
    owned(replica, { owner: city.aws.owner, tier: databaseTier(city) });
    backedUp(replica);
    this.#databaseAlarms(topic);
    return { host: replica.instance.attrEndpointAddress, secretArn: secretArn(this.place, siteNames(primary).databaseSecret) };
  }

  #databaseAlarms(topic: Topic): void {
    const { database } = siteNames(this.place);
    const of = (id: string, name: string, description: string, fires: { when: 'above' | 'below'; threshold: number; minutes: number }) =>
      alarm(this, id, {
        name: `${database}-${id.toLowerCase()}`,
        description,
        metric: { namespace: 'AWS/RDS', name, dimensions: { DBInstanceIdentifier: database } },
        statistic: 'Average',
        fires,
        missing: 'breaching',
        topicArn: topic.topicArn,
      });
    of('Storage', 'FreeStorageSpace', 'less than 20 GiB are left', { when: 'below', threshold: 20 * 2 ** 30, minutes: 5 });
    of('Processor', 'CPUUtilization', 'the database is short of processors', { when: 'above', threshold: 90, minutes: 15 });
    // A lag above the smallest loss that can be promised.
    if (this.place.role === 'backup')
      of('Lag', 'ReplicaLag', 'the copy is behind by more than a minute', { when: 'above', threshold: 60, minutes: 2 });
  }

  /** The bucket of copies is in the stack `foundation`. @returns the policy by which balancers write their logs */
  #records(key: IKey): IDependable | undefined {
    const { city, backup } = this.deployment;
    const names = siteNames(this.place);
    const logs = logsBucket(this, 'LogsBucket', names.logsBucket);
    const records = new RecordsBucket(this, 'Records', {
      bucketName: names.recordsBucket,
      key,
      logs,
      replica: {
        bucketArn: bucketArn(siteNames(backup).recordsBucket),
        keyAliasArn: aliasArn(backup),
        account: backup.account,
        region: backup.region,
      },
    });
    owned(records, { owner: city.aws.owner, tier: databaseTier(city) });
    backedUp(records);
    return logs.policy;
  }

  #backups(key: IKey, topic: Topic): void {
    const names = siteNames(this.place);
    const { city, primary, backup } = this.deployment;
    const isPrimary = this.place === primary;
    new Backups(this, 'Backups', {
      vaultName: names.vault,
      makesVault: isPrimary,
      planName: names.backupPlan,
      roleName: names.backupRole,
      restoreTestingName: isPrimary ? names.restoreTesting : undefined,
      key,
      copyTo: vaultArn(isPrimary ? backup : primary),
      timeZone: city.timeZone,
      topicArn: topic.topicArn,
      subnetGroup: names.database,
    });
  }

  /** Rights to start a task: its image, its log and its secrets; each system adds its own. */
  #mayFetch({ executionRole, logs, database }: SiteResources, key: IKey): void {
    const { account, region } = Stack.of(this);
    const allow = (actions: string[], ...resources: string[]) =>
      executionRole.addToPrincipalPolicy(new PolicyStatement({ actions, resources }));
    allow(['ecr:GetAuthorizationToken'], '*');
    allow(
      ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      `arn:aws:ecr:${region}:${account}:repository/*`,
    );
    allow(['logs:CreateLogStream', 'logs:PutLogEvents'], logs.logGroupArn);
    allow(['secretsmanager:GetSecretValue'], this.place.role === 'primary' ? database.secretArn : `${database.secretArn}-??????`);
    allow(['kms:Decrypt'], key.keyArn);
    acknowledge(
      executionRole,
      "a token for the registry has no resource; images may be any of the account's own",
      'AwsSolutions-IAM5[Resource::*]',
      `AwsSolutions-IAM5[Resource::arn:aws:ecr:${region}:${account}:repository/*]`,
    );
  }

  #publishAll({ vpc, subnets, routeTables }: SiteVpc<SiteSegment>, topic: Topic, key: IKey): void {
    if (this.place.role === 'primary') this.publish('key', key.keyArn);
    this.publish('vpc', vpc.ref);
    this.publish('alarm-topic', topic.topicArn);
    for (const [zone, subnet] of subnets.edge.entries()) this.publish(`subnet-edge-${zone}`, subnet.ref);
    for (const segment of LEAVING_SEGMENTS) this.publish(`routes-${segment}`, routeTables[segment].ref);
  }
}
