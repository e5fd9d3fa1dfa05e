/** A first deployment that fails can be repeated, a trial can be deleted, and production cannot lose its data by mistake. */

import { Stack } from 'aws-cdk-lib/core';
import { describe, expect, test } from 'vitest';
import { type CloudResource, cityApp } from '../../infra/aws/app.js';
import { STATEFUL } from '../../infra/aws/stateful.js';
import type { AwsPlan } from '../../infra/city/targets/aws/plan.js';
import { canTho, smallCity } from '../site/cities.js';
import { deployed, templates } from './deployments.js';

const inProduction = (changes: Partial<AwsPlan> = {}) => ({
  ...smallCity,
  aws: smallCity.aws && { ...smallCity.aws, stage: 'production' as const, ...changes },
});
const resourcesIn = (of: ReturnType<typeof templates>): readonly (readonly [string, CloudResource])[] =>
  [...of].flatMap(([stack, { Resources }]) => Object.entries(Resources).map(([id, each]) => [`${stack}/${id}`, each] as const));

const trial = templates(smallCity);
const production = templates(inProduction());
const ofType = (of: typeof trial, type: string) => resourcesIn(of).filter(([, { Type }]) => Type === type);
const protectedStacks = (city: typeof smallCity) =>
  cityApp(deployed(city), { packs: false })
    .node.children.filter(child => Stack.isStack(child))
    .filter(({ terminationProtection }) => terminationProtection)
    .map(({ stackName }) => stackName);

test('stacks go from what others need to what needs others: foundation, data, services, network, names', () =>
  expect([...templates(canTho).keys()].map(stack => stack.replace('can-tho-', '')).slice(0, 4)).toEqual([
    's2-foundation',
    's1-foundation',
    's1-data',
    's2-data',
  ]));

describe('a creation that fails', () => {
  test('keeps nothing that a second try would find in its way', () => {
    const kept = resourcesIn(trial).filter(([, { DeletionPolicy }]) => DeletionPolicy === 'Retain');
    expect(kept).toEqual([]);
  });

  test('is of one kind: what keeps state is apart from services, whose circuit breakers fail', () => {
    for (const [stack, { Resources }] of trial) {
      const types = Object.values(Resources).map(({ Type }) => Type);
      if (types.includes('AWS::ECS::Service')) expect([stack, types.filter(type => STATEFUL.has(type))]).toEqual([stack, []]);
    }
  });

  test('does not find a database that refuses to go: it is made when all else of its stack is there', () => {
    for (const stack of ['can-tho-s1-data', 'can-tho-s2-data']) {
      const { Resources = {} } = production.get(stack) ?? {};
      const [[database, { DependsOn, Properties }] = ['', { DependsOn: [], Properties: {} }]] = Object.entries(Resources).filter(
        ([, { Type }]) => Type === 'AWS::RDS::DBInstance',
      );
      const before = new Set([
        ...(DependsOn as readonly string[]),
        ...Object.keys(Resources).filter(id => JSON.stringify(Properties).includes(`"${id}"`)),
      ]);
      const users = Object.keys(Resources).filter(id => JSON.stringify(Resources[id]).includes(`"${database}"`));
      expect(users.filter(id => !/^Handed/.test(id))).toEqual([]);
      // What is beside it belongs to what it needs: its secret's policy, its groups.
      const beside = Object.keys(Resources).filter(id => ![database, ...before, ...users].includes(id) && !/^Database/.test(id));
      expect(beside).toEqual([]);
    }
  });
});

describe('a trial', () => {
  test('protects and locks nothing', () => {
    expect(protectedStacks(smallCity)).toEqual([]);
    const locks = JSON.stringify([...trial]).match(/"LockConfiguration"|COMPLIANCE|NoDeletion|"DeletionProtection":true/g);
    expect(locks).toBeNull();
  });
});

describe('production', () => {
  test('protects stacks, databases and keys with state, and no load balancer', () => {
    expect(protectedStacks(inProduction())).toEqual([
      'can-tho-s2-foundation',
      'can-tho-s1-foundation',
      'can-tho-s1-data',
      'can-tho-s2-data',
    ]);
    expect(ofType(production, 'AWS::RDS::DBInstance').map(([, { Properties }]) => Properties?.DeletionProtection)).toEqual([true, true]);
    expect(JSON.stringify(ofType(production, 'AWS::ElasticLoadBalancingV2::LoadBalancer'))).not.toContain('deletion_protection');
  });

  test('locks the vaults of both sites', () =>
    expect(ofType(production, 'AWS::Backup::BackupVault').map(([, { Properties }]) => Properties?.LockConfiguration)).toEqual([
      { MinRetentionDays: 30, MaxRetentionDays: 3650, ChangeableForDays: 7 },
      { MinRetentionDays: 30, MaxRetentionDays: 3650, ChangeableForDays: 7 },
    ]));

  test('locks records as the inventory says: governance, or so that no one ends it', () => {
    const mode = (of: typeof trial) => [...new Set(JSON.stringify(ofType(of, 'AWS::S3::Bucket')).match(/GOVERNANCE|COMPLIANCE/g))];
    expect(mode(production)).toEqual(['GOVERNANCE']);
    expect(mode(templates(inProduction({ recordsLock: 'compliance' })))).toEqual(['COMPLIANCE']);
  });

  test('denies the deletion of keys to all, and their policies to all but a deployment', () => {
    const keys = ofType(production, 'AWS::KMS::Key');
    expect(keys).toHaveLength(2);
    for (const [, { Properties }] of keys) {
      const { Statement } = (Properties?.KeyPolicy ?? { Statement: [] }) as { readonly Statement: readonly { readonly Effect: string }[] };
      expect(Statement.filter(({ Effect }) => Effect === 'Deny')).toMatchObject([
        { Sid: 'NoDeletion', Action: ['kms:DisableKey', 'kms:ScheduleKeyDeletion'], Principal: { AWS: '*' } },
        {
          Sid: 'PolicyByDeployment',
          Action: 'kms:PutKeyPolicy',
          Condition: { ArnNotLike: { 'aws:PrincipalArn': expect.stringContaining('cfn-exec-role') } },
        },
      ]);
    }
  });
});

test('what keeps state stays when its stack goes, every kind of it', () => {
  const policies = resourcesIn(production).flatMap(([, { Type, DeletionPolicy }]) => (STATEFUL.has(Type) ? [[Type, DeletionPolicy]] : []));
  expect(new Set(policies.map(([type]) => type))).toEqual(new Set(STATEFUL.keys()));
  for (const [type, policy] of policies)
    expect([type, policy]).toEqual([type, type === 'AWS::RDS::DBInstance' ? 'Snapshot' : 'RetainExceptOnCreate']);
});
