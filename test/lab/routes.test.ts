import { describe, expect, test } from 'vitest';
import type { Comparison } from '../../infra/cli/check/routes-in-lab.js';
import { succeed } from './citydc.js';
import { noLab } from './no-lab.js';

const CUTS = 20;

describe.skipIf(noLab('routes'))('routes', () => {
  test('every predicted next hop is the kernels’, whole and under twenty seeded cuts, five of them double', async () => {
    const { agree, cases } = JSON.parse(await succeed('check', '--against-lab', 'routes', '--cuts', `${CUTS}`, '--json')) as {
      readonly agree: boolean;
      readonly cases: readonly Comparison[];
    };
    expect(cases.flatMap(({ down, differences }) => differences.map(difference => ({ down, ...difference })))).toEqual([]);
    expect(agree).toBe(true);
    expect([0, 1, 2].map(size => cases.filter(({ down }) => down.length === size).length)).toEqual([1, 15, 5]);
    expect(Math.min(...cases.map(({ nextHops }) => nextHops))).toBeGreaterThan(3000);
    expect(JSON.parse(await succeed('fault', 'list', '--json'))).toMatchObject({ faults: [] });
  });
});
