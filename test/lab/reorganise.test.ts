/** The re-organisation of 2025, live: the city of 2022 becomes that of 2025 while its offices work. */

import { describe, expect, test } from 'vitest';
import { citydc, inHost, succeed } from './citydc.js';
import { noLab } from './no-lab.js';
import { watching } from './watching.js';

/** Offices that stay: wards that were renamed and one that was not, behind different aggregation nodes, and departments of both kinds. */
const STAYING = ['e78', 'e88', 'e96', 'e103', 'e131', 'e158', 'e169', 'e175'];
/** One that comes: behind a new aggregation node. */
const NEW = 'e227';
const RETIRED = 'e77';
/** Far from the second or two that it takes: how long it is in fact the machine decides, and it is printed. */
const MOST_SECONDS = 10;

describe.skipIf(noLab('the re-organisation'))('the re-organisation', () => {
  test('74 offices go, 71 come, and those that stay lose a moment at most and no acknowledged write', async () => {
    let changes: Readonly<Record<string, number>> = {};
    const seen = await watching(STAYING, async () => {
      changes = (JSON.parse(await succeed('up', 'can-tho-2025', '--json')) as { changes: Record<string, number> }).changes;
    });
    expect(changes).toMatchObject({ goneHosts: 74, newHosts: 71 + 12 });
    const long = seen.filter(({ outage }) => typeof outage !== 'number' || outage > MOST_SECONDS);
    expect(long).toEqual([]);
    console.warn(`the longest outage of an office that stays: ${Math.max(...seen.map(({ outage }) => Number(outage))).toFixed(1)} s`);
    expect(seen.filter(({ lost }) => lost === 'unmeasured' || lost.length > 0)).toEqual([]);
    expect(seen.reduce((sum, { acknowledged }) => sum + acknowledged, 0)).toBeGreaterThan(100);
  });

  test('the new offices are served, the retired ones are gone, and all is as it should be', async () => {
    expect((await citydc(['status'])).code).toBe(0);
    expect((await inHost(NEW, 'curl', '-s', '-m', '3', 'http://10.101.0.3/health')).stdout).toContain('portal');
    expect((await citydc(['exec', RETIRED, '--', 'true'])).code).toBe(2);
  });

  test('every predicted next hop of the new city is the kernels’', async () => {
    const { agree } = JSON.parse(await succeed('check', '--against-lab', 'routes', '--cuts', '0', '--json')) as { agree: boolean };
    expect(agree).toBe(true);
  });
});
