import { isIPv6 } from 'node:net';
import { describe, expect, test } from 'vitest';
import { checksOf } from '../../infra/fabric/steady-state.js';
import { NETWORK_PATH } from '../../infra/site/programs/network.js';
import { topologyOf } from '../../infra/site/topology.js';
import { canTho, layoutOf } from './cities.js';

const hosts = layoutOf(canTho).hosts.map(({ name, files }) => ({
  name,
  lines: files.find(({ path }) => path === NETWORK_PATH)?.content.split('\n') ?? [],
}));
/** What stands for networks that are not ours has no IPv6. */
const EXTERNAL = canTho.externals.flatMap(({ prefixes }) => prefixes.map(prefix => prefix.replace(/\d+\/.*$/, '')));
const isExternal = (text: string) => EXTERNAL.some(prefix => text.includes(prefix));
const namesV6 = (line: string) => line.split(' ').some(word => isIPv6(word.split('/')[0] ?? ''));

describe.each(hosts)('$name', ({ lines }) => {
  test('has every address and fixed route in both families', () => {
    const both = lines.filter(line => /^(addr|route) /.test(line) && !isExternal(line));
    const shapes = (v6: boolean) => both.filter(line => namesV6(line) === v6).map(line => line.replaceAll(/\S*[.:]\S*/g, 'X'));
    expect(shapes(true).length).toBeGreaterThan(0);
    expect(shapes(true).map(shape => shape.replace(' nodad', ''))).toEqual(shapes(false));
  });

  test('never waits for an IPv6 address', () =>
    expect(lines.filter(line => /^addr replace \S*:/.test(line) && !line.endsWith(' nodad'))).toEqual([]));
});

test('steady state asks every router for every route in both families, but for what is not ours', () => {
  for (const check of checksOf(topologyOf(canTho))) {
    if (check.kind !== 'routes') continue;
    const devicesIn = (v6: boolean) =>
      check.routes.filter(({ prefix }) => isIPv6(prefix.split('/')[0] ?? '') === v6 && !isExternal(prefix));
    expect(devicesIn(true).length).toBeGreaterThan(0);
    expect(devicesIn(true).map(({ devices }) => devices)).toEqual(devicesIn(false).map(({ devices }) => devices));
  }
});

test('steady state asks every system in both families', () => {
  const urls = checksOf(topologyOf(canTho)).flatMap(check =>
    (check.kind === 'services' ? check.systems : []).map(({ url }) => new URL(url)),
  );
  expect(urls.filter(({ hostname }) => hostname.startsWith('[')).length).toBe(canTho.systems.length);
  expect(urls.length).toBe(2 * canTho.systems.length);
});
