import { expect, test } from 'vitest';
import { parseAnnouncerConfiguration } from '../../../agents/contract/announcer.js';

const SERVICE = { v4: '10.101.0.3', v6: 'fd00::3' };
const good = {
  schema: 1,
  site: 's1',
  role: 'primary',
  statePath: '/var/lib/citydc/announcer.json',
  holdDownSeconds: 30,
  quorumGraceSeconds: 3,
  services: [{ system: 'portal', address: SERVICE, state: 'database' }],
  edges: [{ address: { v4: '10.104.16.17', v6: 'fd00::11' }, healthPort: 8405 }],
  etcd: ['https://s1-etcd1:2381'],
  source: '10.100.0.1',
  identity: { authority: '/a.pem', certificate: '/c.pem', key: '/k.pem' },
};
const problems = (change: object): readonly string[] => {
  const parsed = parseAnnouncerConfiguration(JSON.stringify({ ...good, ...change }));
  return parsed.ok ? [] : parsed.problems;
};

test('a good one has no problem', () => expect(problems({})).toEqual([]));
test('all problems come at once, each with its path', () =>
  expect(problems({ site: 'primary', extra: 1, edges: [{ address: { v4: 'edge' }, healthPort: 0 }] })).toEqual([
    'site: a site is named s and its number, as s1',
    'edges.0.address.v4: Invalid IPv4 address',
    'edges.0.address.v6: Invalid input: expected string, received undefined',
    'edges.0.healthPort: Too small: expected number to be >=1',
    'Unrecognized key: "extra"',
  ]));
test('a primary with state needs etcd, a backup does not', () => {
  expect(problems({ etcd: [] })).toEqual([
    'etcd: the primary announces stateful services only with quorum: list the etcd members of its site',
  ]);
  expect(problems({ etcd: [], role: 'backup' })).toEqual([]);
});
test('one address is one service', () =>
  expect(
    problems({ services: [...good.services, { system: 'video', address: { v4: '10.101.0.9', v6: SERVICE.v6 }, state: 'none' }] }),
  ).toEqual(['services: an address is listed twice']));
test('what is not JSON says so', () => {
  const parsed = parseAnnouncerConfiguration('{');
  expect(parsed.ok).toBe(false);
});
