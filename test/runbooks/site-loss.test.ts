import { expect, test } from 'vitest';
import { siteLoss } from '../../runbooks/site-loss.js';
import { topology } from './toy-city.js';

const plan = siteLoss.plan(topology, 'lab');

test('the whole primary site, and nothing else, loses power', () => {
  const primary = topology.machines.filter(({ name }) => name.startsWith('s1-')).map(({ name }) => name);
  expect(plan.faultHosts).toEqual(primary);
  expect(siteLoss.fault(plan)).toEqual({ do: 'power-off', hosts: primary });
});

test('it looks from five wards of different districts', () => {
  expect(plan.wards).toHaveLength(5);
  expect(new Set(plan.wards.map(({ district }) => district)).size).toBe(5);
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
