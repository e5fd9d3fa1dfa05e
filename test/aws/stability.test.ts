/** Logical ids and names are for life: a change of the inventory touches what it is about, and replaces nothing. */

import { expect, test } from 'vitest';
import type { CloudTemplate } from '../../infra/aws/app.js';
import type { City, Endpoint } from '../../infra/city/model.js';
import { canTho, canTho2025 } from '../site/cities.js';
import { templates } from './deployments.js';

const before = templates(canTho);

/** Paths of everything that differs. */
function differences(one: unknown, other: unknown, path = ''): readonly string[] {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return one === other ? [] : [path];
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  const at = (value: object, key: string) => (value as Readonly<Record<string, unknown>>)[key];
  return [...keys].flatMap(key => differences(at(one, key), at(other, key), `${path}/${key}`));
}
const changes = (city: City): readonly string[] => differences(Object.fromEntries(before), Object.fromEntries(templates(city)));

test('one more office changes nothing but the files of the monitors', () => {
  const [office] = canTho.endpoints as [Endpoint];
  expect(changes({ ...canTho, endpoints: [...canTho.endpoints, { ...office, number: 900 as Endpoint['number'] }] })).toEqual([]);
});

test('a renamed office changes nothing, a renamed node its description', () => {
  const renamed = { vi: 'Tên mới', en: 'New name' };
  expect(changes({ ...canTho, endpoints: canTho.endpoints.map(office => ({ ...office, name: renamed })) })).toEqual([]);
  const aggregations = canTho.aggregations.map(node => (node.number === 67 ? { ...node, name: renamed } : node));
  expect(changes({ ...canTho, aggregations })).toEqual(
    ['s1', 's2'].flatMap(site =>
      ['Router', 'Vpn'].map(part => expect.stringMatching(`/can-tho-${site}-nodes-0/Resources/Node67${part}.*/Properties/Tags/\\d/Value`)),
    ),
  );
});

test('one more node adds its own line at both sites', () => {
  const [node] = canTho.aggregations as [City['aggregations'][number]];
  const number = 76 as typeof node.number;
  const handoff = { kind: 'vpn' as const, node: number, customerGateway: '203.0.113.76', asn: undefined };
  const aws = canTho.aws && { ...canTho.aws, handoffs: [...canTho.aws.handoffs, handoff] };
  const touched = changes({ ...canTho, aws, aggregations: [...canTho.aggregations, { ...node, number }] });
  expect(touched.map(path => path.replace(/(Node76\w+).*/, '$1').replace(/[0-9A-F]{8}$/, ''))).toEqual(
    ['s1', 's2'].flatMap(site => ['Router', 'Vpn', 'Down'].map(part => `/can-tho-${site}-nodes-0/Resources/Node76${part}`)),
  );
});

test('one more system with state brings its own, and touches nothing else', () => {
  const [system] = canTho.systems.filter(({ state }) => state === 'database') as [City['systems'][number]];
  const number = 11 as typeof system.number;
  const application = { system: number, image: 'citydc/land:0.1.0', vcpu: 0.5, memoryGib: 1, tasks: 2, documents: true };
  const aws = canTho.aws && { ...canTho.aws, systems: [...canTho.aws.systems, application] };
  const touched = changes({ ...canTho, aws, systems: [...canTho.systems, { ...system, number, key: 'land' }] });
  const resources = new Set(
    touched
      // The order in which a stack is created changes nothing that is there.
      .filter(path => !path.includes('/DependsOn/'))
      .map(path =>
        path
          .split('/')
          .slice(1, 4)
          .join('/')
          .replace(/[0-9A-F]{8}$/, ''),
      ),
  );
  const others = [...resources].filter(path => !/\/(System|Health|Record)11\D/.test(path));
  expect(others).toEqual([]);
  expect(resources).toContain('can-tho-s1-data/Resources/System11Secret');
});

test('the posture changes how much runs, and what stands in two zones', () => {
  const touched = differences(Object.fromEntries(before), Object.fromEntries(templates(canTho, 'warm-standby')));
  expect(touched.every(path => /can-tho-s2-(data|applications-0)\/Resources\/\w+\/Properties\/(DesiredCount|MultiAZ)$/.test(path))).toBe(
    true,
  );
  expect(touched).toHaveLength(canTho.systems.length + 1);
});

test('the city of 2025 continues in what stands for that of 2022: nothing is replaced, nothing goes', () => {
  const after = templates(canTho2025);
  const gone = [...before].flatMap(([stack, { Resources }]) =>
    Object.keys(Resources).filter(id => after.get(stack)?.Resources[id]?.Type !== Resources[id]?.Type),
  );
  expect(gone).toEqual([]);
  const names = (template: CloudTemplate | undefined) =>
    template && Object.values(template.Resources).map(({ Properties }) => Properties?.Name ?? Properties?.TableName);
  expect(names(after.get('can-tho-s1-data'))).toEqual(names(before.get('can-tho-s1-data')));
});
