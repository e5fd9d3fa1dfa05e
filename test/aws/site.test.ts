/** What a site is on AWS, part by part. Over 300 lines: its parts look at the same templates. */

import { describe, expect, test } from 'vitest';
import { databaseSettings } from '../../infra/aws/plan/database.js';
import { addressPlan } from '../../infra/city/addresses.js';
import type { City } from '../../infra/city/model.js';
import { copyRequest, settledBy } from '../../runbooks/handover/sdk/copy.js';
import { canTho } from '../site/cities.js';
import { deployed, resourcesOf, templates } from './deployments.js';

const all = templates(canTho);
const of = (type: string, stack = '') =>
  [...resourcesOf(all, type)].filter(([id]) => id.startsWith(stack)).map(([, properties]) => properties);
const withState = canTho.systems.filter(({ state }) => state === 'database');
/** Rules out of all groups that something is in: what distinguishes them names them by their logical ids. */
const groupsOf =
  (...stacks: readonly string[]) =>
  (within: unknown) =>
    stacks
      .flatMap(stack => Object.entries(all.get(stack)?.Resources ?? {}))
      .filter(([id, { Type }]) => Type === 'AWS::EC2::SecurityGroup' && JSON.stringify(within).includes(`"${id}"`))
      .flatMap(([, { Properties }]) => Properties?.SecurityGroupEgress as readonly Rule[]);
interface Rule {
  readonly CidrIp: string;
  readonly IpProtocol: string;
  readonly FromPort: number;
  readonly ToPort: number;
}
const lanOf = (site: string, segment: 'application' | 'operations') =>
  addressPlan(canTho.plan).lanSegment(Number(site.slice(1)) as City['sites'][number]['number'], segment).v4;
const plan = canTho.aws as NonNullable<City['aws']>;

describe('network', () => {
  test('nothing leads to the Internet, and nothing at all leads out of the data subnets', () => {
    for (const type of ['InternetGateway', 'NatGateway', 'EgressOnlyInternetGateway', 'EIP']) expect(of(`AWS::EC2::${type}`)).toEqual([]);
    const tables = of('AWS::EC2::Route').map(({ RouteTableId }) => JSON.stringify(RouteTableId));
    expect(tables.length).toBeGreaterThan(0);
    expect(tables.filter(table => /data/.test(table))).toEqual([]);
  });

  test('a subnet a segment and zone, with the addresses of the plan', () => {
    const blocks = of('AWS::EC2::Subnet', 'can-tho-s1').map(({ CidrBlock }) => CidrBlock);
    expect(blocks).toEqual([
      ...['16.0/24', '17.0/24', '20.0/24', '21.0/24', '24.0/25', '25.0/25', '28.0/24', '29.0/24'].map(block => `10.104.${block}`),
      // The transit gateway's own: at an address that AWS chooses it may be in the way of no load balancer.
      ...['10.104.24.128/28', '10.104.25.128/28'],
    ]);
  });

  test('a door of our own addresses to everything that a task needs to start: S3, where images lie, among it', () => {
    for (const [site, region] of [
      ['s1', 'ap-southeast-1'],
      ['s2', 'ap-southeast-7'],
    ]) {
      const doors = of('AWS::EC2::VPCEndpoint', `can-tho-${site}`).filter(({ VpcEndpointType }) => VpcEndpointType === 'Interface');
      const named = (name: string) => doors.find(({ ServiceName }) => ServiceName === `com.amazonaws.${region}.${name}`);
      for (const name of ['s3', 'ecr.api', 'ecr.dkr', 'logs', 'secretsmanager'])
        expect(named(name)).toMatchObject({ PrivateDnsEnabled: true });
      // Otherwise AWS keeps the names for who asks from outside, and lets tasks go to addresses that no group lets them reach.
      expect(named('s3')).toMatchObject({ DnsOptions: { PrivateDnsOnlyForInboundResolverEndpoint: 'AllResolvers' } });
      expect(JSON.stringify(named('s3')?.SubnetIds)).toMatch(/Subnetapplication0.*Subnetapplication1/);
    }
  });

  test('every task may go to these doors', () => {
    for (const site of ['s1', 's2']) {
      const groups = groupsOf(`can-tho-${site}-applications-0`, `can-tho-${site}-monitor`);
      const doors = lanOf(site, 'application');
      for (const { ServiceName, NetworkConfiguration } of of('AWS::ECS::Service', `can-tho-${site}`))
        expect([ServiceName, ...groups(NetworkConfiguration)]).toContainEqual(expect.objectContaining({ CidrIp: doors, FromPort: 443 }));
    }
  });

  test('every packet is logged, encrypted, for a year', () => {
    expect(of('AWS::EC2::FlowLog').map(({ TrafficType }) => TrafficType)).toEqual(['ALL', 'ALL']);
    expect(of('AWS::Logs::LogGroup').every(({ KmsKeyId, RetentionInDays }) => KmsKeyId !== undefined && RetentionInDays === 365)).toBe(
      true,
    );
  });
});

/** Of the first database only, or what deletion and upgrades do; the engine comes with the source. */
const NOT_OF_A_COPY = [
  ...['AllocatedStorage', 'DBName', 'EngineVersion', 'MasterUsername', 'MasterUserPassword', 'StorageEncrypted', 'StorageType'],
  ...['AllowMajorVersionUpgrade', 'DeleteAutomatedBackups', 'Engine', 'SourceRegion', 'KmsKeyId', 'PerformanceInsightsKMSKeyId'],
];
/** Names of RDS where CloudFormation has others. */
const REQUESTED: Readonly<Record<string, string>> = { VPCSecurityGroups: 'VpcSecurityGroupIds' };

describe('database', () => {
  const [primary, replica] = of('AWS::RDS::DBInstance');
  test('the primary is in two zones, encrypted, kept', () =>
    expect(primary).toMatchObject({
      DBInstanceIdentifier: 'can-tho-s1-database',
      MultiAZ: true,
      StorageEncrypted: true,
      BackupRetentionPeriod: 14,
      PubliclyAccessible: false,
    }));

  test('the copy is of the right region, and does not state its encryption', () => {
    expect(replica).toMatchObject({
      SourceDBInstanceIdentifier: 'arn:aws:rds:ap-southeast-1:111122223333:db:can-tho-s1-database',
      SourceRegion: 'ap-southeast-1',
      MultiAZ: false,
    });
    expect(replica).not.toHaveProperty('StorageEncrypted');
    expect(replica).not.toHaveProperty('MasterUserPassword');
  });

  test('what a rebuild requests is what the stack states, property by property', () => {
    const { city, primary: s1, backup: s2 } = deployed(canTho);
    for (const [here, other, stated] of [
      [s1, s2, primary],
      [s2, s1, replica],
    ] as const) {
      const asked: Readonly<Record<string, unknown>> = {
        ...copyRequest(city, here, other, 'sg'),
        ...settledBy(databaseSettings(city, here)),
      };
      const names = Object.keys(stated ?? {}).filter(name => !NOT_OF_A_COPY.includes(name));
      expect(names.filter(name => asked[REQUESTED[name] ?? name] === undefined)).toEqual([]);
      for (const name of names.filter(name => typeof stated?.[name] !== 'object' && name !== 'SourceDBInstanceIdentifier'))
        expect([name, asked[name]]).toEqual([name, stated?.[name]]);
      expect(asked.EnableCloudwatchLogsExports).toEqual(stated?.EnableCloudwatchLogsExports);
      const byKey = (tags: unknown) => (tags as readonly { readonly Key: string }[]).toSorted((a, b) => (a.Key < b.Key ? -1 : 1));
      expect(byKey(asked.Tags)).toEqual(byKey(stated?.Tags));
    }
  });

  test('its own windows leave the nightly backups alone: none from an hour before them', () => {
    // 22:00 in Can Tho is 15:00 UTC, and a job may begin an hour late.
    for (const { PreferredBackupWindow, PreferredMaintenanceWindow } of [primary ?? {}, replica ?? {}]) {
      expect(PreferredBackupWindow).toBe('19:30-20:00');
      expect(PreferredMaintenanceWindow).toBe('sat:20:30-sat:21:00');
    }
  });

  test('both grow by themselves: a copy that does not ends full', () =>
    expect([primary?.MaxAllocatedStorage, replica?.MaxAllocatedStorage]).toEqual([1600, 1600]));

  test('every password is in both regions and in no template', () => {
    const secrets = of('AWS::SecretsManager::Secret');
    expect(secrets.map(({ Name }) => Name).toSorted()).toEqual(
      ['can-tho-s1-database', ...withState.map(({ number }) => `can-tho-s1-system${number}-database`)].toSorted(),
    );
    for (const secret of secrets)
      expect(secret).toMatchObject({ ReplicaRegions: [{ Region: 'ap-southeast-7', KmsKeyId: 'alias/can-tho-s2' }] });
    expect(JSON.stringify(primary?.MasterUserPassword)).toMatch(/resolve:secretsmanager/);
  });
});

describe('applications', () => {
  interface Container {
    readonly Name: string;
    readonly Image: string;
    readonly Essential: boolean;
    readonly Environment: readonly { readonly Name: string; readonly Value: unknown }[];
    readonly Secrets: readonly { readonly Name: string; readonly ValueFrom: unknown }[];
    readonly DependsOn: readonly { readonly ContainerName: string; readonly Condition: string }[];
  }
  const containersOf = (site: string, key: string) =>
    of('AWS::ECS::TaskDefinition', `can-tho-${site}`).find(({ Family }) => Family === `can-tho-${site}-${key}`)
      ?.ContainerDefinitions as readonly Container[];
  const variables = ({ Environment }: Container) => Object.fromEntries(Environment.map(({ Name, Value }) => [Name, Value]));
  const secretsOf = ({ Secrets }: Container) => Object.fromEntries(Secrets.map(({ Name, ValueFrom }) => [Name, JSON.stringify(ValueFrom)]));

  test.each(['s1', 's2'])('%s: with state have a role and a database of their own, and another container makes them first', site => {
    for (const { key, number } of withState) {
      const [first, application] = containersOf(site, key) as [Container, Container];
      expect(first).toMatchObject({ Name: 'prepare_database', Essential: false });
      expect(first.Image).toMatch(/\.amazonaws\.com\/citydc\/postgres-client:/);
      expect(application.DependsOn).toEqual([{ ContainerName: 'prepare_database', Condition: 'SUCCESS' }]);
      expect([variables(first).PGDATABASE, variables(application).PGDATABASE]).toEqual(['city', key.replaceAll('-', '_')]);
      expect([variables(first).PGSSLMODE, variables(application).PGSSLMODE]).toEqual(['require', 'require']);
      const own = `secret:can-tho-s1-system${number}-database:`;
      const all = 'secret:can-tho-s1-database:';
      expect(secretsOf(first)).toEqual({
        PGUSER: expect.stringMatching(`${all}.*username::`),
        PGPASSWORD: expect.stringMatching(`${all}.*password::`),
        OWN_PASSWORD: expect.stringMatching(`${own}.*password::`),
      });
      expect(secretsOf(application)).toEqual({
        PGUSER: expect.stringMatching(`${own}.*username::`),
        PGPASSWORD: expect.stringMatching(`${own}.*password::`),
      });
    }
  });

  test('without state have neither', () => {
    const without = canTho.systems.filter(({ state }) => state === 'none');
    expect(without.length).toBeGreaterThan(0);
    for (const { key } of without) {
      const containers = containersOf('s1', key);
      expect(containers).toHaveLength(1);
      expect(containers[0]).toMatchObject({ Secrets: [], DependsOn: [] });
    }
  });

  test.each(['s1', 's2'])("%s: who keeps documents may use its own part of the site's own bucket, and takes nothing away", site => {
    const keeping = plan.systems.filter(({ documents }) => documents).map(({ system }) => system);
    expect(keeping).toEqual([5]);
    const application = containersOf(site, 'civil-status').at(-1) as Container;
    const bucket = `can-tho-${site}-records-111122223333`;
    expect(variables(application)).toMatchObject({ CITYDC_RECORDS_BUCKET: bucket, CITYDC_RECORDS_PREFIX: 'system5/' });
    const policies = [...resourcesOf(all, 'AWS::IAM::Policy')].filter(([id]) => /\/System\d+ServiceTaskRole/.test(id));
    const own = policies
      .filter(([id]) => id.startsWith(`can-tho-${site}-applications-0/System5ServiceTaskRole`))
      .map(([, { PolicyDocument }]) => PolicyDocument);
    expect(policies).toHaveLength(2);
    expect(own).toMatchObject([
      {
        Statement: [
          {
            Action: ['s3:AbortMultipartUpload', 's3:GetObject', 's3:GetObjectVersion', 's3:PutObject'],
            Resource: `arn:aws:s3:::${bucket}/system5/*`,
          },
          { Action: 's3:ListBucket', Resource: `arn:aws:s3:::${bucket}`, Condition: { StringLike: { 's3:prefix': 'system5/*' } } },
          { Action: ['kms:Decrypt', 'kms:GenerateDataKey'] },
        ],
      },
    ]);
    expect(JSON.stringify(own)).toMatch(new RegExp(`"Resource":{"Ref":"SsmParameterValuecantho\\w*${site}key`));
  });
});

test('records have versions, a lock and a copy in the other region', () => {
  const [there, here] = of('AWS::S3::Bucket').filter(({ BucketName }) => /records/.test(String(BucketName)));
  for (const bucket of [there, here])
    expect(bucket).toMatchObject({ VersioningConfiguration: { Status: 'Enabled' }, ObjectLockEnabled: true, BucketEncryption: {} });
  expect(here).toMatchObject({
    ReplicationConfiguration: { Rules: [{ Status: 'Enabled', Destination: { Bucket: 'arn:aws:s3:::can-tho-s2-records-111122223333' } }] },
  });
});

test('backups go to a vault in the other region, and are restored to see that they can be', () => {
  expect(JSON.stringify(of('AWS::Backup::BackupPlan'))).toContain('arn:aws:backup:ap-southeast-7:111122223333:backup-vault:can-tho-s2');
  for (const { BackupSelection } of of('AWS::Backup::BackupSelection')) {
    // What is named by its kind is taken whatever the account's settings are; by tag alone it is not.
    expect(BackupSelection).toMatchObject({
      Resources: ['arn:aws:rds:*:*:db:*', 'arn:aws:s3:::*'],
      Conditions: { StringEquals: [{ ConditionKey: 'aws:ResourceTag/backup', ConditionValue: 'daily' }] },
    });
    expect(BackupSelection).not.toHaveProperty('ListOfTags');
  }
  expect(of('AWS::Backup::BackupSelection')).toHaveLength(2);
  expect(of('AWS::Backup::RestoreTestingSelection').map(({ ProtectedResourceType }) => ProtectedResourceType)).toEqual(['RDS', 'S3']);
});

describe('posture', () => {
  const tasks = (posture: 'pilot-light' | 'warm-standby', stack: string) =>
    [...resourcesOf(templates(canTho, posture), 'AWS::ECS::Service')]
      .filter(([id]) => id.startsWith(stack))
      .map(([, { ServiceName, DesiredCount }]) => `${ServiceName} ${DesiredCount}`);
  const expected = (site: string, of: (tasks: number) => number) => [
    ...canTho.systems.map(
      ({ key, number }) => `can-tho-${site}-${key} ${of(plan.systems.find(({ system }) => system === number)?.tasks ?? 0)}`,
    ),
    `can-tho-${site}-monitor 1`,
  ];

  test('the primary runs all tasks in either', () => {
    expect(tasks('pilot-light', 'can-tho-s1')).toEqual(expected('s1', count => count));
    expect(tasks('warm-standby', 'can-tho-s1')).toEqual(expected('s1', count => count));
  });
  test('the backup runs its monitor, and as a warm standby one task of each', () => {
    expect(tasks('pilot-light', 'can-tho-s2')).toEqual(expected('s2', () => 0));
    expect(tasks('warm-standby', 'can-tho-s2')).toEqual(expected('s2', () => 1));
  });
});

describe('balancers', () => {
  const stacks = ['s1', 's2'].flatMap(site =>
    ['applications-0', 'monitor'].map(kind => {
      const stack = `can-tho-${site}-${kind}`;
      return [stack, all.get(stack)?.Resources ?? {}] as const;
    }),
  );
  const balancers = stacks.flatMap(([stack, resources]) =>
    Object.entries(resources)
      .filter(([, { Type }]) => Type === 'AWS::ElasticLoadBalancingV2::LoadBalancer')
      .map(([id, balancer]) => ({ stack, id, balancer, resources })),
  );

  test('reach every target, and the port that says whether it is healthy', () => {
    let doors = 0;
    for (const { stack, id, balancer, resources } of balancers) {
      const out = groupsOf(stack)(balancer.Properties?.SecurityGroups);
      const cidr = lanOf(stack.slice(8, 10), /Monitor/.test(id) ? 'operations' : 'application');
      const reaches = (protocol: string, port: number) =>
        out.some(rule => rule.CidrIp === cidr && rule.IpProtocol === protocol && rule.FromPort <= port && port <= rule.ToPort);
      for (const { Type, Properties: door } of Object.values(resources)) {
        if (Type !== 'AWS::ElasticLoadBalancingV2::Listener' || !JSON.stringify(door?.LoadBalancerArn).includes(`"${id}"`)) continue;
        const [, group] = /"TargetGroupArn":{"Ref":"(\w+)"}/.exec(JSON.stringify(door)) ?? [];
        const { Protocol, Port, HealthCheckPort } = resources[group ?? '']?.Properties ?? {};
        for (const protocol of String(Protocol).toLowerCase().split('_'))
          expect([id, protocol, Port, reaches(protocol, Number(Port))]).toEqual([id, protocol, Port, true]);
        expect([id, HealthCheckPort, reaches('tcp', Number(HealthCheckPort))]).toEqual([id, HealthCheckPort, true]);
        doors++;
      }
    }
    expect(doors).toBeGreaterThan(2 * canTho.systems.length);
  });
});

describe('alarms', () => {
  test('may notify, and no one else without rights of their own', () => {
    for (const { PolicyDocument } of of('AWS::SNS::TopicPolicy')) {
      const { Statement } = PolicyDocument as { readonly Statement: readonly { readonly Effect: string }[] };
      expect(Statement.filter(({ Effect }) => Effect === 'Allow')).toMatchObject([
        {
          Action: 'sns:Publish',
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' } },
        },
      ]);
    }
    expect(of('AWS::SNS::TopicPolicy')).toHaveLength(2);
  });

  test('notify whom the inventory names, at both sites', () => {
    expect(of('AWS::SNS::Subscription')).toEqual([]);
    const notified = templates({ ...canTho, aws: { ...plan, notify: ['noc@example.org', 'n.oc@example.org'] } });
    const letters = [...resourcesOf(notified, 'AWS::SNS::Subscription')].map(
      ([id, { Endpoint, Protocol }]) => `${id.slice(0, 10)} ${Protocol} ${Endpoint}`,
    );
    expect(letters).toEqual(['s2', 's1'].flatMap(site => ['noc', 'n.oc'].map(name => `can-tho-${site} email ${name}@example.org`)));
  });
});

test('a service waits for its doors and its rights', () => {
  for (const stack of ['can-tho-s1-applications-0', 'can-tho-s1-monitor']) {
    const services = Object.values(all.get(stack)?.Resources ?? {}).filter(({ Type }) => Type === 'AWS::ECS::Service');
    const needed = services.map(({ DependsOn }) => (DependsOn as readonly string[]).join(' '));
    expect(needed.length).toBeGreaterThan(0);
    expect(needed.filter(words => !(/Door/.test(words) && /ExecutionRoleDefaultPolicy/.test(words) && /TaskRole/.test(words)))).toEqual([]);
  }
});

test('what starts a task may fetch its own images and secrets, and no other', () => {
  const policies = [...resourcesOf(all, 'AWS::IAM::Policy')].filter(([id]) => /ServiceExecutionRole/.test(id));
  expect(policies).toHaveLength(2 * (canTho.systems.length + 1));
  for (const [id, policy] of policies) {
    const [, number] = /System(\d+)/.exec(id) ?? [];
    const secrets = [...new Set(JSON.stringify(policy).match(/secret:can-tho-s1-[\w-]+-database-\?/g))];
    const state = canTho.systems.find(system => String(system.number) === number)?.state;
    expect([id, secrets.length]).toEqual([id, state === 'database' ? 1 : 0]);
    for (const secret of secrets) expect(secret).toContain(`-system${number}-`);
    expect(JSON.stringify(policy)).not.toContain(':repository/*');
  }
});

test('nothing is handed from one region to another by AWS', () => {
  expect(JSON.stringify([...all])).not.toMatch(/Fn::ImportValue|CrossRegionExport|ExportReader/);
  expect(of('Custom::DefaultRouteTables')).toHaveLength(2);
});
