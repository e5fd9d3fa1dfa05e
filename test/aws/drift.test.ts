/** What a change of the inventory would replace on AWS, reported before anyone deploys. */

import { expect, test } from 'vitest';
import { type CloudTemplate, type Synthesis, templatesOf } from '../../infra/aws/app.js';
import { driftOf, templateDrift } from '../../infra/aws/drift/drift.js';
import { STATEFUL } from '../../infra/aws/stateful.js';
import type { City } from '../../infra/city/model.js';
import type { AwsPlan } from '../../infra/city/targets/aws/plan.js';
import { canTho, canTho2025, smallCity } from '../site/cities.js';
import { synthesised, templates } from './deployments.js';

const nowhere = { file: 'city.yaml', line: 1, column: 1 };
const drift = (before: City, after: City, synthesis: Synthesis = synthesised) =>
  driftOf({ city: before, locate: () => nowhere }, { city: after, locate: () => nowhere }, synthesis);
const withAws = (changes: Partial<AwsPlan>): City => ({ ...smallCity, aws: smallCity.aws && { ...smallCity.aws, ...changes } });
const rules = (after: City) => drift(smallCity, after).problems.map(({ rule }) => rule);

test('nothing changes, nothing drifts: synthesised twice, it is the same', () =>
  expect(drift(smallCity, smallCity, templatesOf)).toEqual({ changes: [], problems: [] }));

test('a larger database, another retention and the other posture replace nothing', () => {
  const database = { client: 'citydc/postgres-client:0.1.0', instance: 'db.r7g.2xlarge', storageGib: 800, retentionDays: 30 };
  const { changes, problems } = drift(smallCity, withAws({ database, posture: 'warm-standby' }));
  expect(problems).toEqual([]);
  expect(new Set(changes.map(({ fate }) => fate))).toEqual(new Set(['changed']));
  const [primary] = changes.filter(({ type }) => type === 'AWS::RDS::DBInstance');
  expect(primary).toMatchObject({
    because: expect.arrayContaining(['AllocatedStorage', 'DBInstanceClass']),
    interrupts: 'the database restarts',
  });
});

test('the re-organisation of 2025 replaces nothing that is kept: new lines, and the monitors by another revision', () => {
  const { changes, problems } = drift(canTho, canTho2025);
  expect(problems).toEqual([]);
  expect(new Set(changes.map(({ fate, type }) => (fate === 'created' || fate === 'changed' ? fate : `${type} ${fate}`)))).toEqual(
    new Set(['created', 'changed', 'AWS::ECS::TaskDefinition revised']),
  );
});

test('a VPN whose other end gets another address is made anew at both sites, and reported with its reason', () => {
  const handoffs =
    smallCity.aws?.handoffs.map(handoff => (handoff.node === 67 ? { ...handoff, customerGateway: '203.0.113.99' } : handoff)) ?? [];
  const { changes, problems } = drift(smallCity, withAws({ handoffs: handoffs as AwsPlan['handoffs'] }));
  expect(problems).toEqual([]);
  expect(changes.map(({ type, fate, because }) => `${type} ${fate}: ${because}`)).toEqual(
    [1, 2].flatMap(() => ['AWS::EC2::CustomerGateway replaced: IpAddress', 'AWS::EC2::VPNConnection replaced: CustomerGatewayId']),
  );
});

test('what is replaced in one stack is replaced in those that it hands it on to', () => {
  const sites = smallCity.aws?.sites.map(site => ({ ...site, asn: 64_700 + site.site })) ?? [];
  const replaced = drift(smallCity, withAws({ sites })).changes.filter(({ fate }) => fate === 'replaced');
  expect(replaced).toContainEqual(expect.objectContaining({ type: 'AWS::EC2::TransitGateway', because: ['AmazonSideAsn'] }));
  expect(replaced).toContainEqual({
    stack: 'can-tho-s1-nodes-0 in ap-southeast-1',
    resource: expect.stringMatching(/^Node67Vpn/),
    type: 'AWS::EC2::VPNConnection',
    fate: 'replaced',
    because: ['TransitGatewayId'],
  });
});

test.each([
  [200, 'RDS makes no disk smaller: 400 GiB to 200'],
  [402, 'RDS makes a disk larger from a tenth on: 400 GiB to 440 or more'],
])('a disk of %s GiB instead of 400 is refused, as RDS would', (storageGib, says) => {
  const database = smallCity.aws && { ...smallCity.aws.database, storageGib };
  const { problems } = drift(smallCity, withAws(database === undefined ? {} : { database }));
  expect(problems).toContainEqual(expect.objectContaining({ rule: 'refused-by-service', message: expect.stringContaining(says) }));
});

test('a system of another key is refused where its group keeps its name', () => {
  const systems = smallCity.systems.map((system, index) => (index === 0 ? { ...system, key: 'another' } : system));
  const flows = smallCity.flows.map(flow => ({
    ...flow,
    to: flow.to.map(zone => (zone === `system.${smallCity.systems[0]?.key}` ? ('system.another' as const) : zone)),
  }));
  expect(rules({ ...smallCity, systems, flows })).toContain('refused-by-service');
});

test('another name leaves everything that is kept behind, and says how to continue', () => {
  const { problems } = drift(smallCity, withAws({ name: 'canto' }));
  expect(problems).toContainEqual({
    rule: 'stateful-deleted',
    path: expect.stringMatching(/^aws can-tho-s1-data in ap-southeast-1 DatabaseInstance/),
    message: "AWS::RDS::DBInstance would no longer belong to the city; it keeps the systems' databases",
    hint: expect.stringContaining('keep it in the inventory'),
  });
});

test('another region is another place: what was kept in the first is left behind', () => {
  const sites = smallCity.aws?.sites.map(site => (site.site === 2 ? { ...site, region: 'ap-southeast-5' as const } : site)) ?? [];
  expect(new Set(rules(withAws({ sites })))).toEqual(new Set(['stateful-deleted']));
});

test('other addresses replace the network and what stands in it', () => {
  const { changes } = drift(smallCity, { ...smallCity, plan: { ...smallCity.plan, infrastructure: '10.112.0.0/12' } });
  expect(changes).toContainEqual(expect.objectContaining({ type: 'AWS::EC2::VPC', fate: 'replaced', because: ['CidrBlock'] }));
  expect(changes).toContainEqual(expect.objectContaining({ type: 'AWS::EC2::TransitGatewayVpcAttachment', fate: 'replaced' }));
});

/** No inventory can say it: what is kept has names and properties that never change. So the templates are changed. */
test.each([
  ['DBName', 'other', 'stateful-replaced', 'would be replaced by an empty one'],
  ['StorageType', 'io2', 'stateful-may-be-replaced', 'may be replaced by an empty one'],
])('a database whose %s is another is a problem', (property, value, rule, says) => {
  const before = templates(smallCity);
  const after = new Map([...before].map(([stack, template]) => [stack, changed(template, 'AWS::RDS::DBInstance', property, value)]));
  expect(templateDrift(before, after).problems).toContainEqual({
    rule,
    path: expect.stringMatching(/^aws can-tho-s1-data DatabaseInstance/),
    message: `AWS::RDS::DBInstance ${says}, because ${property} changes; it keeps the systems' databases`,
    hint: expect.any(String),
  });
});

const changed = (template: CloudTemplate, type: string, property: string, value: string): CloudTemplate => ({
  ...template,
  Resources: Object.fromEntries(
    Object.entries(template.Resources).map(([id, each]) => [
      id,
      each.Type === type ? { ...each, Properties: { ...each.Properties, [property]: value } } : each,
    ]),
  ),
});

test('accounts: one that is named on one side only is the same; two are two', () => {
  expect(drift(smallCity, withAws({ account: '111122223333' })).problems).toEqual([]);
  const { problems } = drift(withAws({ account: '111122223333' }), withAws({ account: '444455556666' }));
  expect(problems[0]?.path).toMatch(/in ap-southeast-\d of 111122223333/);
});

test('what templates keep when their stacks go is what counts as stateful', () => {
  const kept = [...templates(canTho).values()].flatMap(({ Resources }) =>
    Object.values(Resources).flatMap(({ Type, DeletionPolicy }) =>
      DeletionPolicy === 'RetainExceptOnCreate' || DeletionPolicy === 'Snapshot' ? [Type] : [],
    ),
  );
  expect([...STATEFUL.keys()]).toEqual(expect.arrayContaining([...new Set(kept)]));
});
