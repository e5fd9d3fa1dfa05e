import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { cadencesOf } from '../../../agents/ward/cadences.js';
import { fractionOf, nextDueMs, repeat } from '../../../agents/ward/schedule.js';
import { office } from './configurations.js';

describe('the next moment', () => {
  const cadences = fc.record({
    intervalMs: fc.integer({ min: 1000, max: 86_400_000 }),
    phaseMs: fc.nat(86_400_000),
    firstMs: fc.constant(0),
  });
  const moments = fc.nat(2 ** 40);

  test('is later, by at most an interval, and never off its phase', () =>
    fc.assert(
      fc.property(cadences, moments, (cadence, afterMs) => {
        const dueMs = nextDueMs(cadence, afterMs);
        expect(dueMs).toBeGreaterThan(afterMs);
        expect(dueMs - afterMs).toBeLessThanOrEqual(cadence.intervalMs);
        expect(Math.abs((dueMs - cadence.phaseMs) % cadence.intervalMs)).toBe(0);
      }),
    ));

  test('has no moment between it and the one before', () =>
    fc.assert(
      fc.property(cadences, moments, (cadence, afterMs) => {
        const dueMs = nextDueMs(cadence, afterMs);
        expect(nextDueMs(cadence, dueMs)).toBe(dueMs + cadence.intervalMs);
      }),
    ));
});

describe('a job', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());
  const start = (run: () => Promise<void>) => {
    const originMs = performance.now();
    const bugs: unknown[] = [];
    const repeating = repeat(
      { intervalMs: 1000, phaseMs: 300, firstMs: 50 },
      run,
      () => performance.now() - originMs,
      bug => bugs.push(bug),
    );
    return { ...repeating, bugs, nowMs: () => performance.now() - originMs };
  };

  test('runs first soon, then at its phase, without drift', async () => {
    const at: number[] = [];
    const job = start(async () => void at.push(Math.round(job.nowMs())));
    await vi.advanceTimersByTimeAsync(3600_000);
    expect(at.slice(0, 3)).toEqual([50, 300, 1300]);
    expect(at.at(-1)).toBe(3599_300);
    expect(at).toHaveLength(3601);
  });

  test('is never running twice, and makes up for nothing', async () => {
    const at: number[] = [];
    const job = start(async () => {
      at.push(Math.round(job.nowMs()));
      await new Promise(resolve => setTimeout(resolve, 2500));
    });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(at).toEqual([50, 3300, 6300, 9300]);
  });

  test('that is stopped in the middle of a run does not run again', async () => {
    let runs = 0;
    const job = start(async () => {
      runs += 1;
      job.stop();
    });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(runs).toBe(1);
  });

  test('that throws is a bug, reported at once', async () => {
    const job = start(() => Promise.reject(new Error('a bug')));
    await vi.advanceTimersByTimeAsync(100);
    expect(job.bugs).toEqual([new Error('a bug')]);
    job.stop();
  });
});

describe('offices', () => {
  test('spread over an interval: no tenth of it holds more than a fifth of them', () => {
    const fractions = Array.from({ length: 138 }, (_, index) => fractionOf(`e${index + 100} paths`));
    const tenths = new Map<number, number>();
    for (const fraction of fractions) tenths.set(Math.floor(fraction * 10), (tenths.get(Math.floor(fraction * 10)) ?? 0) + 1);
    expect(tenths.size).toBe(10);
    expect(Math.max(...tenths.values())).toBeLessThan(138 / 5);
  });

  test('have the same phases at every start, and systems that follow one another', () => {
    const phases = Array.from({ length: 10 }, (_, index) => cadencesOf(office).system(index, 10).phaseMs).sort((a, b) => a - b);
    const gaps = phases.slice(1).map((phase, index) => phase - (phases[index] ?? 0));
    expect(gaps.every(gap => Math.abs(gap - 100) < 1e-6)).toBe(true);
    expect(cadencesOf(office).paths()).toEqual(cadencesOf(office).paths());
  });
});
