import { expect, test } from 'vitest';
import { FAMILIES } from '../../../infra/city/addresses.js';
import { load } from '../../../infra/city/load/load.js';
import { readInventory } from '../../../infra/city/load/read.js';
import { topologyOf } from '../../../infra/site/topology.js';
import { clientConfiguration } from '../../../runbooks/drill/clients.js';
import { drillPlan, familyOf } from '../../../runbooks/drill/drill.js';
import { siteLoss } from '../../../runbooks/drills/site-loss.js';
import { DAY } from '../../city/day.js';
import { topology } from '../toy-city.js';

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
  const city2025 = topologyOf(load(await readInventory('can-tho-2025'), DAY));
  expect(siteLoss.plan(city2025, 'lab').wards.map(({ host }) => host)).toEqual(['e78', 'e88', 'e96', 'e103', 'e110']);
  const [first, second] = plan.wards;
  expect(first?.source).toBe(`10.64.${first?.host.slice(1)}.1`);
  expect(second?.source).toBe(topology.plan.gateway(Number(second?.host.slice(1)), 'office').v6);
});

test('both families are measured: a ward asks every system in the family of its own address', () => {
  expect(new Set(plan.wards.map(familyOf))).toEqual(new Set(FAMILIES));
  for (const ward of plan.wards) {
    for (const { key, address } of clientConfiguration('r', plan, ward).systems) {
      const number = topology.city.systems.find(system => system.key === key)?.number ?? 0;
      expect(address).toBe(topology.plan.service(number)[familyOf(ward)]);
    }
  }
});

test('a plan from before there was IPv6 can still be judged', () => {
  const { addressV6: _, ...system } = plan.systems[0] ?? {};
  expect(drillPlan.safeParse({ ...plan, systems: [system] }).success).toBe(true);
});

test('it is judged by the inventory’s objectives of the target', () => {
  const rto = (target: 'lab' | 'aws') => siteLoss.plan(topology, target).systems.find(({ key }) => key === 'portal')?.objective.rtoSeconds;
  expect([rto('lab'), rto('aws')]).toEqual([30, 900]);
});

test('the dead man’s timer waits for the engine’s own deadline, and no longer than needed', () => {
  expect(plan.limits).toMatchObject({ observeSeconds: 90, healAfterSeconds: 150 });
});
