/** Faults by hand, and their end: in a small city of two districts. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { ActiveFault } from '../../../infra/fabric/fabric.js';
import { PORTALS } from '../addresses.js';
import { citydc, inHost, succeed } from '../citydc.js';
import { eventually } from '../eventually.js';
import { cookieOf, type Offered, pagesBy, statusOf } from '../pages.js';
import { type ObservingSite, quiet, value } from '../prometheus.js';
import { isSteady, noSmallCity, smallCity } from './small-city.js';

const steady = () => eventually('steady state', isSteady);
/** When its first process started: another value is another start. */
const startOf = async (host: string) => (await succeed('exec', host, '--', 'cat', '/proc/1/stat')).split(' ')[21];
/** In both families. */
const portalIsBy = async (host: string, device: string) => {
  const ways = await Promise.all(PORTALS.map(address => inHost(host, 'ip', 'route', 'get', address)));
  return ways.every(({ stdout }) => stdout.includes(`dev ${device}`));
};
const faultIds = async () => (JSON.parse(await succeed('fault', 'list', '--json')) as { faults: ActiveFault[] }).faults.map(({ id }) => id);

/** When a site's Prometheus started; not a number while it does not answer. */
const observedSince = (site: ObservingSite): Promise<number> =>
  value(site, 'citydc:observer_started').then(
    started => started ?? Number.NaN,
    () => Number.NaN,
  );

/** An attacker has taken over a node, a provider's router, the witness: an office of others, half of one, a loopback, a service, a site's LAN. */
const ROGUES = [
  {
    name: 'n67',
    asn: 4_200_000_067,
    own: 'n67',
    prefixes: ['10.64.131.0/24', '10.64.131.0/25', '10.100.0.2/32', '10.101.0.3/32', '10.104.16.0/20'],
  },
  { name: 'x65', asn: 4_200_000_065, own: 'x65', prefixes: ['198.18.0.0/24', '10.64.77.0/25', '10.100.0.67/32'] },
  { name: 's3-router1', asn: 4_200_000_003, own: 's3', prefixes: ['10.104.16.0/20', '10.64.77.0/24', '10.101.0.3/32'] },
];
const vtysh = (...commands: readonly string[]): readonly string[] => ['vtysh', '-d', 'bgpd', ...commands.flatMap(each => ['-c', each])];
const rogue = (asn: number, neighbours: readonly string[], prefixes: readonly string[]): readonly string[] =>
  vtysh(
    'configure terminal',
    'route-map ROGUE permit 10',
    'exit',
    `router bgp ${asn}`,
    'address-family ipv4 unicast',
    ...prefixes.map(prefix => `network ${prefix}`),
    ...neighbours.map(neighbour => `neighbor ${neighbour} route-map ROGUE out`),
  );
const neighboursOf = async (host: string): Promise<readonly string[]> =>
  Object.keys(JSON.parse(await succeed('exec', host, '--', ...vtysh('show bgp neighbors json'))) as object);
/** The autonomous systems that any path to these prefixes comes from, at both sites. */
async function originsOf(prefixes: readonly string[]): Promise<readonly (string | undefined)[]> {
  const tables = await Promise.all(
    ['s1-router1', 's2-router1'].map(async host => {
      const { routes } = JSON.parse(await succeed('exec', host, '--', ...vtysh('show bgp ipv4 unicast json'))) as {
        routes: Record<string, { path: string }[]>;
      };
      return prefixes.flatMap(prefix => routes[prefix] ?? []);
    }),
  );
  return tables.flat().map(({ path }) => path.split(' ').at(-1));
}

/** Of nothing that there is. */
const silenced = {
  ...{ matchers: [{ name: 'alertname', value: 'NoSuchAlert', isRegex: false }], createdBy: 'test', comment: 'test' },
  ...{ startsAt: new Date().toISOString(), endsAt: new Date(Date.now() + 600_000).toISOString() },
};
const SILENCE = ['-H', 'Content-Type: application/json', '--data', JSON.stringify(silenced)];

const SUITE = 'faults by hand';

describe.skipIf(noSmallCity(SUITE)).sequential(SUITE, () => {
  const { state, up } = smallCity('faults-by-hand', ['n67', 'n73']);
  const faults = join(state, 'city', 'faults');
  beforeAll(() => succeed(...up));

  test('a monitor that has started again does not judge by what it saw before', async () => {
    await quiet();
    const before = await value('s2', 'citydc:observer_started');
    await succeed('exec', 's2-monitor1', '--', 'sh', '-c', 'kill -KILL "$(cat /etc/service/prometheus/supervise/pid)"');
    await eventually('a later start', async () => (await observedSince('s2')) > (before ?? Number.NaN));
    const started = await observedSince('s2');
    await quiet();
    // One: the file that says when it started may be read a moment after the others.
    expect(await value('s2', `sum_over_time(citydc:observer_settled[40s] @ ${started + 40})`)).toBeLessThanOrEqual(1);
  });

  test('a cut uplink moves its district to the backup, and healing brings it back', async () => {
    await succeed('fault', 'cut', 'l12');
    await eventually('the routes over the backup', () => portalIsBy('n67', 'l13'));
    expect((await citydc(['status'])).code).toBe(1);
    expect(await succeed('fault', 'heal')).toContain('l12 cut');
    await eventually('the routes over the primary', () => portalIsBy('n67', 'l12'));
    await steady();
  });

  test('loss and rate can be impaired; what the kernel cannot do is refused by name', async () => {
    expect(await succeed('fault', 'impair', 'l131', '--loss', '50', '--rate', '2 Mbit/s')).toContain('l131 impaired');
    expect((await inHost('e131', 'ping', '-q', '-c', '40', '-i', '0.01', '-W', '1', '10.100.0.1')).stdout).not.toMatch(/ 0% packet loss/);
    await succeed('fault', 'heal', 'l131');
    const delay = await citydc(['fault', 'impair', 'l131', '--delay', '20']);
    if (delay.code === 0) await succeed('fault', 'heal', 'l131');
    else expect(delay).toMatchObject({ code: 3, stderr: expect.stringContaining('netem') });
    expect(await faultIds()).toEqual([]);
  });

  test('a powered-off office is off, and comes back with its files', async () => {
    await inHost('e131', 'sh', '-c', 'echo kept > /var/lib/citydc/note');
    await succeed('fault', 'power-off', 'e131');
    expect(await inHost('e131', 'true')).toMatchObject({ code: 3, stderr: expect.stringContaining('host e131 is off') });
    expect((await inHost('n73', 'ping', '-c', '1', '-W', '1', '10.88.131.1')).code).not.toBe(0);
    await succeed('fault', 'heal', 'e131');
    expect((await inHost('e131', 'cat', '/var/lib/citydc/note')).stdout).toBe('kept\n');
    await steady();
  });

  test('a fault that was written down and never done is undone without a trace', async () => {
    const record = {
      schema: 1,
      id: 'f9',
      fault: { do: 'power-off', hosts: ['n73', 's2-router1'] },
      by: 'a drill that was killed',
      means: '',
    };
    const starts = await Promise.all(record.fault.hosts.map(startOf));
    mkdirSync(faults, { recursive: true });
    writeFileSync(join(faults, 'f9.json'), `${JSON.stringify({ ...record, injectedAt: new Date().toISOString() })}\n`);
    expect(await succeed('fault', 'heal')).toContain('n73, s2-router1 off');
    expect(await Promise.all(record.fault.hosts.map(startOf))).toEqual(starts);
    // A monitor may only now learn of the fault before this one: its probes take their turn.
    await steady();
  });

  test("a fault with a time is undone by the dead man's timer", async () => {
    await succeed('fault', 'cut', 'l131', '--for', '2');
    await eventually('the fault undone', async () => (await faultIds()).length === 0);
    expect((await inHost('e131', 'ping', '-c', '1', '-W', '2', '10.100.0.1')).code).toBe(0);
  });

  test('the pages on 127.0.0.1 are of who has the token, and of no web page; what changes something wants a flag', async () => {
    const pages = await pagesBy(...up);
    const [prometheus, alertmanager] = pages as [Offered, Offered];
    expect(pages.map(page => [statusOf(page, '/-/ready'), statusOf(page, '/-/ready', ...cookieOf(page))])).toEqual(
      pages.map(() => [401, 200]),
    );
    expect(statusOf(prometheus, `/${new URL(prometheus.url).search}`)).toBe(303);
    const reads = ['/classic/graph', '/api/v1/query?query=up', '/classic/static/css/graph.css'];
    expect(reads.map(path => statusOf(prometheus, path, ...cookieOf(prometheus)))).toEqual([200, 200, 200]);
    const never = ['/debug/pprof/heap', '/api/v1/status/config', '/classic/config'];
    expect(never.map(path => statusOf(prometheus, path, ...cookieOf(prometheus)))).toEqual([403, 403, 403]);
    const text = ['-H', 'Content-Type: text/plain', '--data-binary', 'x'];
    expect(statusOf(prometheus, '/api/v1/write', ...text, ...cookieOf(prometheus))).toBe(405);
    expect(statusOf(prometheus, '/', '-H', 'Host: evil.example', ...cookieOf(prometheus))).toBe(403);
    const foreign = [...cookieOf(alertmanager), '-H', 'Origin: http://evil.example'];
    expect(statusOf(alertmanager, '/api/v2/silences', ...foreign, ...SILENCE)).toBe(403);
    const silence = (page: Offered) => statusOf(page, '/api/v2/silences', ...cookieOf(page), ...SILENCE);
    expect(silence(alertmanager)).toBe(405);
    await succeed(...up, '--writable-pages');
    expect(silence(alertmanager)).toBe(200);
    await succeed(...up);
    expect(silence(alertmanager)).toBe(405);
  });

  test.each(ROGUES)(
    '$name announces what is not its own: nothing is taken, and status says who tried',
    async ({ name, asn, own, prefixes }) => {
      try {
        await succeed('exec', name, '--', ...rogue(asn, await neighboursOf(name), prefixes));
        await eventually(`the refusal of ${own}`, async () => (await citydc(['status'])).stdout.includes(` of ${own}`));
        expect(await originsOf(prefixes)).not.toContain(String(asn));
      } finally {
        await succeed('exec', name, '--', '/usr/lib/frr/frr-reload.py', '--reload', '--daemon', 'bgpd', '/etc/frr/bgpd.conf');
      }
      await steady();
    },
  );
});
