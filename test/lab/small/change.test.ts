/** A changed inventory on a running city: only what differs is touched. */

import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { addOffice, edit, NEW_OFFICE } from '../../added-office.js';
import { temporaryFolder } from '../../temporary-folder.js';
import { PORTALS, plan, urlOf } from '../addresses.js';
import { citydc, inHost, succeed } from '../citydc.js';
import { noSmallCity, smallCity } from './small-city.js';

/** When every host's init started: a host that was touched by a restart has another value. */
async function bootTimes(hosts: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const times = await Promise.all(
    hosts.map(async host => [host, (await inHost(host, 'stat', '-c', '%Y', '/proc/1')).stdout.trim()] as const),
  );
  return new Map(times);
}

/** How often a router's BGP sessions were lost since it started, by neighbour. */
async function sessionsLost(router: string): Promise<unknown> {
  const neighbours = JSON.parse((await inHost(router, 'vtysh', '-c', 'show bgp neighbors json')).stdout) as Record<string, Neighbour>;
  return Object.entries(neighbours).map(([address, { connectionsDropped }]) => [address, connectionsDropped]);
}
interface Neighbour {
  readonly connectionsDropped: number;
}

/** In both families. */
async function expectPortalAnswers(office: string): Promise<void> {
  for (const address of PORTALS)
    expect((await inHost(office, 'curl', '-s', '-m', '3', urlOf(address, 80, 'health'))).stdout).toContain('portal');
}

const SUITE = 'a changed inventory';

describe.skipIf(noSmallCity(SUITE)).sequential(SUITE, () => {
  const { inventory, up, upWith } = smallCity('a-changed-inventory', ['n73', 'n74']);
  const folder = temporaryFolder();
  beforeAll(async () => {
    cpSync(inventory, folder, { recursive: true });
    addOffice(folder);
    await succeed(...up);
  });

  test('an office is added, its neighbours are notified, and no other host notices', async () => {
    const watched = ['e131', 'e130', 'n73', 's1-router1', 's1-database1', 's2-monitor1'];
    const before = await bootTimes(watched);
    const lostBefore = await sessionsLost('n73');
    const { did, changes } = JSON.parse(await succeed(...upWith(folder), '--json')) as { did: string; changes: Record<string, number> };
    expect(did).toBe('changed');
    // The new office; and in place: its aggregation node, both monitors, and the routers that take its prefixes from there.
    expect(changes).toMatchObject({ newHosts: 1, goneHosts: 0, newWires: 1, goneWires: 0, changedHosts: 5 });
    expect(await bootTimes(watched)).toEqual(before);
    expect(await sessionsLost('n73')).toEqual(lostBefore);
    await expectPortalAnswers(NEW_OFFICE);
  });

  test('it is retired again, and nothing of it is left', async () => {
    const { changes } = JSON.parse(await succeed(...up, '--json')) as { changes: Record<string, number> };
    expect(changes).toMatchObject({ newHosts: 0, goneHosts: 1, goneWires: 1, changedHosts: 5 });
    expect((await citydc(['exec', NEW_OFFICE, '--', 'true'])).code).toBe(2);
    for (const prefix of Object.values(plan.segment(240, 'office')))
      expect((await inHost('n73', 'ip', 'route', 'show', prefix)).stdout).toBe('');
    expect((await citydc(['status'])).code).toBe(0);
  });

  test('an office moves to another aggregation node, and reaches its services from there', async () => {
    const moved = temporaryFolder();
    cpSync(inventory, moved, { recursive: true });
    edit(join(moved, 'links.csv'), text => text.replace('131,access,e131,n73,', '131,access,e131,n74,'));
    edit(join(moved, 'endpoints.csv'), text => text.replace(/^131,.*$/m, line => line.replace(',n73,', ',n74,')));
    edit(join(moved, 'city.yaml'), text => text.replaceAll('n73: 12', 'n73: 11').replaceAll('n74: 9', 'n74: 10'));
    const { changes, late } = JSON.parse(await succeed(...upWith(moved), '--json')) as { changes: Record<string, number>; late: unknown[] };
    expect(changes).toMatchObject({ newHosts: 0, goneHosts: 0, newWires: 1, goneWires: 1 });
    expect(late).toEqual([]);
    await expectPortalAnswers('e131');
  });
});
