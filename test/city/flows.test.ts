import { expect, test } from 'vitest';
import { resolveFlows } from '../../infra/city/flows.js';
import { load } from '../../infra/city/load/load.js';
import { readInventory } from '../../infra/city/load/read.js';
import type { Flow, Zone } from '../../infra/city/model.js';
import { DAY } from './day.js';
import { toyCity } from './toy.js';

const flow = (from: Zone[], to: Zone[]): Flow => ({ from, to, protocol: 'tcp', ports: [80], over: 'data-network', why: 'a test' });
const resolved = (from: Zone[], to: Zone[]) => resolveFlows(toyCity({ flows: [flow(from, to)] }))[0];

test('an office segment is one prefix for all offices', () =>
  expect(resolved(['office'], ['systems'])).toEqual({
    from: [{ v4: '10.64.0.0/13', v6: 'fd00:1:2::/52' }],
    to: [{ v4: '10.101.0.0/16', v6: 'fd00:1:2:a000::/64' }],
    protocol: 'tcp',
    ports: [80],
    over: 'data-network',
    why: 'a test',
  }));

test('a site segment is that segment of every site', () =>
  expect(resolved(['site.data'], ['routers'])?.from.map(({ v4 }) => v4)).toEqual(['10.104.24.0/22', '10.104.40.0/22', '10.104.56.0/22']));

test('a system is one address in each family', () =>
  expect(resolved(['counter'], ['system.portal', 'system.portal'])?.to).toEqual([{ v4: '10.101.0.1/32', v6: 'fd00:1:2:a000::1/128' }]));

test('an external is its own prefixes and nothing else', () =>
  expect(resolved(['external.national'], ['external.internet'])).toMatchObject({
    from: [{ v4: '198.18.0.0/24', v6: undefined }],
    to: [{ v4: '198.51.100.0/24', v6: undefined }],
  }));

test('no flow of the shipped city resolves to nothing, and none joins two offices', async () => {
  const city = load(await readInventory('can-tho-2022'), DAY);
  const flows = resolveFlows(city);
  expect(flows.every(({ from, to }) => from.length > 0 && to.length > 0)).toBe(true);
  const offices: readonly Zone[] = ['office', 'counter', 'video', 'management'];
  const between = city.flows.filter(({ from, to }) => from.some(zone => offices.includes(zone)) && to.some(zone => offices.includes(zone)));
  expect(between).toEqual([]);
});
