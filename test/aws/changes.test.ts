/** What a change of the inventory does to what stands on AWS, told before anyone deploys. */

import { describe, expect, test } from 'vitest';
import type { CloudTemplate } from '../../infra/aws/app.js';
import { awsChanges, changesOf, loses } from '../../infra/aws/changes.js';
import type { City } from '../../infra/city/model.js';
import { canTho, canTho2025 } from '../site/cities.js';
import { deployed } from './deployments.js';

const changed = (aws: Partial<NonNullable<City['aws']>>): City => {
  if (canTho.aws === undefined) throw new Error('the city is not on AWS');
  return { ...canTho, aws: { ...canTho.aws, ...aws } };
};
const from2022 = (city: City) => awsChanges(deployed(canTho), deployed(city));

test('no change is none', () => expect(from2022(canTho)).toEqual([]));

test('the city of 2025 loses nothing: only what runs the monitors is replaced, as every task is', () => {
  const changes = from2022(canTho2025);
  expect(changes.filter(loses)).toEqual([]);
  const gone = changes.filter(({ effect }) => effect !== 'create' && effect !== 'update');
  expect(new Set(gone.map(({ type }) => type))).toEqual(new Set(['AWS::ECS::TaskDefinition']));
});

test('a larger database is changed in place', () =>
  expect(from2022(changed({ database: { instance: 'db.r7g.xlarge', storageGib: 400, retentionDays: 14 } }))).toEqual(
    ['s1', 's2'].map(site => ({
      stack: `can-tho-${site}-site`,
      resource: expect.any(String),
      type: 'AWS::RDS::DBInstance',
      effect: 'update',
      because: ['DBInstanceClass'],
      stateful: true,
    })),
  ));

test('another name loses the data of both sites', () => {
  const lost = from2022(changed({ name: 'other' })).filter(loses);
  expect(new Set(lost.map(({ type }) => type))).toEqual(
    new Set(['AWS::RDS::DBInstance', 'AWS::S3::Bucket', 'AWS::SecretsManager::Secret']),
  );
});

describe('of one stack', () => {
  const database = (properties: object, attributes: object = {}): CloudTemplate => ({
    Resources: { Database: { Type: 'AWS::RDS::DBInstance', Properties: { Engine: 'postgres', ...properties }, ...attributes } },
  });

  test('a property that cannot change in place replaces it, and is named', () => {
    const [change] = changesOf('x', database({ StorageEncrypted: false }), database({ StorageEncrypted: true, AllocatedStorage: '20' }));
    expect(change).toMatchObject({ effect: 'replace', because: ['StorageEncrypted'], stateful: true });
    expect(change && loses(change)).toBe(true);
  });

  test('what goes is deleted, or left to itself where the template says so', () => {
    const effect = (before: CloudTemplate) => changesOf('x', before, { Resources: {} }).map(change => change.effect);
    expect(effect(database({}))).toEqual(['delete']);
    expect(effect(database({}, { DeletionPolicy: 'Retain' }))).toEqual(['leave']);
  });
});
