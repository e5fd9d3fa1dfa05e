import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dueSince } from '../../../agents/canary/client/schedule.js';

test('the first is due at the start', () => {
  expect(dueSince(1000, 500, 0, 999)).toEqual([]);
  expect(dueSince(1000, 500, 0, 1000)).toEqual([{ sequence: 1, atMs: 1000 }]);
});

test('however late one looks, every request comes once and at its time', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 5000 }), { maxLength: 50 }), waits => {
      let [nowMs, last] = [1000, 0];
      const all = waits.flatMap(wait => {
        nowMs += wait;
        const due = dueSince(1000, 500, last, nowMs);
        last = due.at(-1)?.sequence ?? last;
        return due;
      });
      expect(all.map(({ sequence }) => sequence)).toEqual(all.map((_, index) => index + 1));
      expect(all.every(({ sequence, atMs }) => atMs === 1000 + (sequence - 1) * 500)).toBe(true);
      expect(all.length).toBe(waits.length === 0 ? 0 : Math.floor((nowMs - 1000) / 500) + 1);
    }),
  );
});
