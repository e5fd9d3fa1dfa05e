import { describe, expect, test } from 'vitest';
import type { Comparison } from '../../runbooks/proofs/routes.js';
import { cases } from '../nightly.js';
import { succeed } from './citydc.js';
import { noLab } from './no-lab.js';

const CUTS = cases(6, 20);
/** Every fourth of them is double. */
const DOUBLE = Math.ceil(CUTS / 4);

describe.skipIf(noLab('routes'))('routes', () => {
  test('every predicted next hop is the kernels’, whole and under seeded cuts, a quarter of them double', async () => {
    const { agree, cases: compared } = JSON.parse(await succeed('check', '--against-lab', 'routes', '--cuts', `${CUTS}`, '--json')) as {
      readonly agree: boolean;
      readonly cases: readonly Comparison[];
    };
    expect(compared.flatMap(({ down, differences }) => differences.map(difference => ({ down, ...difference })))).toEqual([]);
    expect(agree).toBe(true);
    expect([0, 1, 2].map(size => compared.filter(({ down }) => down.length === size).length)).toEqual([1, CUTS - DOUBLE, DOUBLE]);
    expect(Math.min(...compared.map(({ nextHops }) => nextHops))).toBeGreaterThan(3000);
    expect(JSON.parse(await succeed('fault', 'list', '--json'))).toMatchObject({ faults: [] });
  });
});
