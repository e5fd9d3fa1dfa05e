import { expect, test } from 'vitest';
import { load } from '../../infra/city/load/load.js';
import { readInventory } from '../../infra/city/load/read.js';
import { topologyOf } from '../../infra/site/topology.js';
import { siteLoss } from '../../runbooks/site-loss.js';
import { topology } from './toy-city.js';

const plan = siteLoss.plan(topology, 'lab');

test('the whole primary site, and nothing else, loses power', () => {
  const primary = topology.machines.filter(({ name }) => name.startsWith('s1-')).map(({ name }) => name);
  expect(plan.faultHosts).toEqual(primary);
  expect(siteLoss.fault(plan)).toEqual({ do: 'power-off', hosts: primary });
});

test('it looks from five wards behind different aggregation nodes, whether or not there are districts', async () => {
  const nodeOf = new Map(topology.city.endpoints.map(({ number, aggregation }) => [`e${number}`, aggregation]));
  expect(plan.wards).toHaveLength(5);
  expect(new Set(plan.wards.map(({ host }) => nodeOf.get(host))).size).toBe(5);
  const city2025 = topologyOf(load(await readInventory('can-tho-2025')));
  expect(siteLoss.plan(city2025, 'lab').wards.map(({ host }) => host)).toEqual(['e78', 'e88', 'e96', 'e103', 'e110']);
  const [first] = plan.wards;
  expect(first?.source).toBe(`10.64.${first?.host.slice(1)}.1`);
});

test('it is judged by the inventory’s objectives of the target', () => {
  const rto = (target: 'lab' | 'aws') => siteLoss.plan(topology, target).systems.find(({ key }) => key === 'portal')?.objective.rtoSeconds;
  expect([rto('lab'), rto('aws')]).toEqual([30, 900]);
});

test('the dead man’s timer waits for the engine’s own deadline, and no longer than needed', () => {
  expect(plan.limits).toMatchObject({ observeSeconds: 90, healAfterSeconds: 150 });
});
