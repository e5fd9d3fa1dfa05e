import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Echo, qualityOf, quickest } from '../../../agents/ward/probes/burst.js';

const answer = (sequence: number, roundTripMs: number): Echo => ({
  sequence,
  roundTripMs,
  sentAtMs: sequence * 20,
  localMidpointMs: 0,
  reflectedAtMs: 1,
});
const answers = (...roundTripsMs: readonly number[]): readonly Echo[] => roundTripsMs.map((ms, index) => answer(index + 1, ms));

describe('the quality of a path', () => {
  test('is loss, median and mean difference of neighbours', () =>
    expect(qualityOf(10, answers(10, 30, 20, 20))).toEqual({ lossRatio: 0.6, roundTripSeconds: 0.02, jitterSeconds: 0.01 }));
  test('has no round trip without an answer', () => expect(qualityOf(10, [])).toEqual({ lossRatio: 1 }));
  test('has no jitter with one answer', () => expect(qualityOf(10, answers(7))).toEqual({ lossRatio: 0.9, roundTripSeconds: 0.007 }));
});

describe('laws', () => {
  const bursts = fc.array(fc.integer({ min: 1, max: 100_000 }), { minLength: 2, maxLength: 10 });

  test('the order of arrival does not matter', () =>
    fc.assert(
      fc.property(bursts, roundTripsMs => {
        expect(qualityOf(10, answers(...roundTripsMs).toReversed())).toEqual(qualityOf(10, answers(...roundTripsMs)));
      }),
    ));

  test('jitter is between 0 and the whole spread, and the median within it', () =>
    fc.assert(
      fc.property(bursts, roundTripsMs => {
        const { jitterSeconds = -1, roundTripSeconds = -1 } = qualityOf(10, answers(...roundTripsMs));
        const [least, most] = [Math.min(...roundTripsMs) / 1000, Math.max(...roundTripsMs) / 1000];
        expect(jitterSeconds).toBeGreaterThanOrEqual(0);
        expect(jitterSeconds).toBeLessThanOrEqual((most - least) * (1 + 1e-9));
        expect(roundTripSeconds).toBeGreaterThanOrEqual(least);
        expect(roundTripSeconds).toBeLessThanOrEqual(most);
      }),
    ));

  test('a delay that all share changes the round trip and not the jitter', () =>
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 2, maxLength: 10 }),
        fc.integer({ min: 0, max: 1000 }),
        (ms, more) => {
          const [near, far] = [qualityOf(10, answers(...ms)), qualityOf(10, answers(...ms.map(each => each + more)))];
          expect(far.jitterSeconds).toBe(near.jitterSeconds);
          expect(far.roundTripSeconds).toBeCloseTo((near.roundTripSeconds ?? 0) + more / 1000, 9);
        },
      ),
    ));

  test('what is lost and what came back make one', () =>
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 }), count => {
        expect(qualityOf(10, answers(...Array(count).fill(1))).lossRatio).toBe((10 - count) / 10);
      }),
    ));
});

test('the quickest answer is the one to set clocks by', () => {
  expect(quickest(answers(5, 3, 4))?.sequence).toBe(2);
  expect(quickest([])).toBeUndefined();
});
