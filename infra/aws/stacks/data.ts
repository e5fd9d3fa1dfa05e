import { CfnWorkspace } from 'aws-cdk-lib/aws-aps';
import { CfnCluster } from 'aws-cdk-lib/aws-ecs';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { SITE_SEGMENTS, type SiteSegment } from '../../city/identity.js';
import { databaseOf } from '../../site/programs/canary.js';
import { alarm } from '../constructs/alarm.js';
import { PrimaryDatabase, ReplicaDatabase } from '../constructs/database.js';
import { password } from '../constructs/password.js';
import { admittingGroup } from '../constructs/security-group.js';
import { SiteVpc } from '../constructs/site-vpc.js';
import { backedUp, owned } from '../constructs/tags.js';
import { Backups } from '../patterns/backups.js';
import { databaseAdmission } from '../plan/admission.js';
import { databaseSettings, databaseTier, databaseTraits } from '../plan/database.js';
import type { Deployment } from '../plan/deployment.js';
import {
  attachmentCidr,
  databaseArn,
  planOf,
  type SiteOnAws,
  siteNames,
  subnetCidr,
  systemNames,
  taskLogsArn,
  vaultArn,
} from '../plan/names.js';
import { LEAVING_SEGMENTS } from '../plan/routes.js';
import { AwsStack } from './city-stack.js';

type Subnets = SiteSegment | 'attachment';

/**
 * A site's network and its data: the database with its passwords and daily backups, and what the monitor has measured.
 *
 * The database is made last: a creation that fails before it leaves nothing that cannot be rolled back.
 */
export class DataStack extends AwsStack {
  constructor(scope: Construct, deployment: Deployment, place: SiteOnAws) {
    super(scope, { deployment, place, kind: 'data', description: 'Network, database, backups', stateful: true });
    const key = Key.fromKeyArn(this, 'Key', this.published('key'));
    const topicArn = this.published('alarm-topic');
    const network = this.#network(key);
    this.#workspace(key);
    this.#cluster();
    this.#databaseAlarms(topicArn);
    this.#backups(topicArn);
    if (place === deployment.primary) this.#passwords(key);
    this.#publishAll(network);
    const all = [...this.node.children];
    const { instance } = this.#database(key, network);
    instance.node.addDependency(...all);
    this.publish('database-host', instance.attrEndpointAddress);
  }

  #network(key: IKey): SiteVpc<Subnets> {
    const { city } = this.deployment;
    const plan = planOf(city);
    const { number } = this.place.site;
    const zones = Array.from({ length: city.aws.availabilityZones }, (_, zone) => zone);
    const cidrs = (segment: SiteSegment) => zones.map(zone => subnetCidr(plan, number, segment, zone));
    return new SiteVpc<Subnets>(this, 'Network', {
      name: siteNames(this.place).vpc,
      cidr: plan.lan(number).v4,
      segments: {
        edge: cidrs('edge'),
        application: cidrs('application'),
        data: cidrs('data'),
        operations: cidrs('operations'),
        attachment: zones.map(zone => attachmentCidr(plan, number, zone)),
      },
      endpointSegment: 'application',
      key,
    });
  }

  #workspace(key: IKey): void {
    const workspace = new CfnWorkspace(this, 'Workspace', {
      alias: siteNames(this.place).workspace,
      kmsKeyArn: key.keyArn,
      loggingConfiguration: { logGroupArn: taskLogsArn(this.place) },
    });
    workspace.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    this.publish('workspace', workspace.attrArn);
    this.publish('workspace-url', workspace.attrPrometheusEndpoint);
  }

  #cluster(): void {
    const cluster = new CfnCluster(this, 'Cluster', {
      clusterName: siteNames(this.place).cluster,
      clusterSettings: [{ name: 'containerInsights', value: 'enabled' }],
    });
    this.publish('cluster', cluster.attrArn);
  }

  /** The password of each system's role in the database: made at the primary, copied to the backup under the same name. */
  #passwords(key: IKey): void {
    const { city, primary, backup } = this.deployment;
    const replica = { region: backup.region, keyAlias: siteNames(backup).keyAlias };
    for (const system of city.systems.filter(({ state }) => state === 'database')) {
      const name = systemNames(primary, system).databaseSecret;
      const secret = password(this, `System${system.number}Secret`, { name, username: databaseOf(system), key, replica });
      owned(secret, { owner: city.aws.owner, tier: system.tier });
    }
  }

  #database(key: IKey, network: SiteVpc<Subnets>): PrimaryDatabase | ReplicaDatabase {
    const { city, primary, backup } = this.deployment;
    const names = siteNames(this.place);
    const shared = {
      traits: databaseTraits(city, this.place),
      settings: databaseSettings(city, this.place),
      key,
      groupId: admittingGroup(this, 'DatabaseGroup', {
        vpcId: network.vpc.ref,
        name: names.database,
        description: 'who reaches the database',
        admission: databaseAdmission(city, this.place.site.number),
      }).ref,
      subnetIds: network.subnets.data.map(({ ref }) => ref),
    };
    const database =
      this.place === primary
        ? new PrimaryDatabase(this, 'Database', {
            ...shared,
            storageGib: city.aws.database.storageGib,
            secretName: names.databaseSecret,
            replica: { region: backup.region, keyAlias: siteNames(backup).keyAlias },
          })
        : new ReplicaDatabase(this, 'Database', { ...shared, sourceArn: databaseArn(primary), sourceRegion: primary.region });
    owned(database, { owner: city.aws.owner, tier: databaseTier(city) });
    backedUp(database);
    return database;
  }

  #databaseAlarms(topicArn: string): void {
    const { database } = siteNames(this.place);
    const of = (id: string, name: string, description: string, fires: { when: 'above' | 'below'; threshold: number; minutes: number }) =>
      alarm(this, id, {
        name: `${database}-${id.toLowerCase()}`,
        description,
        metric: { namespace: 'AWS/RDS', name, dimensions: { DBInstanceIdentifier: database } },
        statistic: 'Average',
        fires,
        missing: 'breaching',
        topicArn,
      });
    of('Storage', 'FreeStorageSpace', 'less than 20 GiB are left', { when: 'below', threshold: 20 * 2 ** 30, minutes: 5 });
    of('Processor', 'CPUUtilization', 'the database is short of processors', { when: 'above', threshold: 90, minutes: 15 });
    // A lag above the smallest loss that can be promised.
    if (this.place.role === 'backup')
      of('Lag', 'ReplicaLag', 'the copy is behind by more than a minute', { when: 'above', threshold: 60, minutes: 2 });
  }

  #backups(topicArn: string): void {
    const names = siteNames(this.place);
    const { city, primary, backup } = this.deployment;
    const isPrimary = this.place === primary;
    new Backups(this, 'Backups', {
      vaultName: names.vault,
      planName: names.backupPlan,
      roleName: names.backupRole,
      restoreTestingName: isPrimary ? names.restoreTesting : undefined,
      copyTo: vaultArn(isPrimary ? backup : primary),
      timeZone: city.timeZone,
      topicArn,
      subnetGroup: names.database,
    });
  }

  #publishAll({ vpc, subnets, routeTables }: SiteVpc<Subnets>): void {
    this.publish('vpc', vpc.ref);
    for (const segment of [...SITE_SEGMENTS, 'attachment'] as const)
      for (const [zone, subnet] of subnets[segment].entries())
        if (segment !== 'data') this.publish(`subnet-${segment}-${zone}`, subnet.ref);
    for (const segment of LEAVING_SEGMENTS) this.publish(`routes-${segment}`, routeTables[segment].ref);
  }
}
