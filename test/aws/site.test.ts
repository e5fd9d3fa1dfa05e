/** What a site is on AWS, part by part. */

import { describe, expect, test } from 'vitest';
import type { City } from '../../infra/city/model.js';
import { canTho } from '../site/cities.js';
import { resourcesOf, templates } from './deployments.js';

const all = templates(canTho);
const of = (type: string, stack = '') =>
  [...resourcesOf(all, type)].filter(([id]) => id.startsWith(stack)).map(([, properties]) => properties);
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
    expect(blocks).toEqual(['16', '17', '20', '21', '24', '25', '28', '29'].map(third => `10.104.${third}.0/24`));
  });

  test('every packet is logged, encrypted, for a year', () => {
    expect(of('AWS::EC2::FlowLog').map(({ TrafficType }) => TrafficType)).toEqual(['ALL', 'ALL']);
    expect(of('AWS::Logs::LogGroup').every(({ KmsKeyId, RetentionInDays }) => KmsKeyId !== undefined && RetentionInDays === 365)).toBe(
      true,
    );
  });
});

describe('database', () => {
  const [primary, replica] = of('AWS::RDS::DBInstance');
  test('the primary is in two zones, encrypted, kept', () =>
    expect(primary).toMatchObject({
      DBInstanceIdentifier: 'can-tho-s1-database',
      MultiAZ: true,
      StorageEncrypted: true,
      DeletionProtection: true,
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

  test('the password is in both regions and in no template', () => {
    expect(of('AWS::SecretsManager::Secret')).toMatchObject([
      { ReplicaRegions: [{ Region: 'ap-southeast-7', KmsKeyId: 'alias/can-tho-s2' }] },
    ]);
    expect(JSON.stringify(primary?.MasterUserPassword)).toMatch(/resolve:secretsmanager/);
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

test('backups go to a vault in the other region that nobody unlocks, and are restored to see that they can be', () => {
  expect(of('AWS::Backup::BackupVault', 'can-tho-s2')).toMatchObject([
    { LockConfiguration: { MinRetentionDays: 30, ChangeableForDays: 7 } },
  ]);
  expect(JSON.stringify(of('AWS::Backup::BackupPlan'))).toContain('arn:aws:backup:ap-southeast-7:111122223333:backup-vault:can-tho-s2');
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

test('a service waits for its doors and its rights', () => {
  const { Resources = {} } = all.get('can-tho-s1-site') ?? {};
  const services = Object.values(Resources).filter(({ Type }) => Type === 'AWS::ECS::Service');
  const needed = services.map(({ DependsOn }) => (DependsOn as readonly string[]).join(' '));
  expect(needed.filter(words => !(/Door/.test(words) && /ExecutionRoleDefaultPolicy/.test(words) && /TaskRole/.test(words)))).toEqual([]);
});

test('stacks with state cannot be deleted by mistake', async () => {
  const { cityApp } = await import('../../infra/aws/app.js');
  const { deployed } = await import('./deployments.js');
  const { Stack } = await import('aws-cdk-lib');
  const stacks = cityApp(deployed(canTho), { packs: false }).node.children.filter(child => Stack.isStack(child));
  expect(stacks.filter(({ terminationProtection }) => terminationProtection).map(({ stackName }) => stackName)).toEqual([
    'can-tho-s2-foundation',
    'can-tho-s1-site',
    'can-tho-s2-site',
  ]);
});

test('nothing is handed from one region to another by AWS', () => {
  expect(JSON.stringify([...all])).not.toMatch(/Fn::ImportValue|CrossRegionExport|ExportReader/);
  expect(of('Custom::DefaultRouteTables')).toHaveLength(2);
});
