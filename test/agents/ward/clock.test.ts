import { describe, expect, test } from 'vitest';
import { siteClock } from '../../../agents/ward/clock.js';
import type { Echo } from '../../../agents/ward/probes/burst.js';

const HOUR_MS = 3_600_000;
/** When the process started, by the sites. */
const START_MS = 1_800_000_000_000;

/** A process whose own clock is off by so much. */
function office(aheadMs: number) {
  const world = { monotonicMs: 1000, aheadMs };
  const wallMs = () => START_MS + world.monotonicMs + world.aheadMs;
  const clock = siteClock({ nowMs: () => world.monotonicMs, wallMs });
  /** The answer of a site whose clock is itself off by so much. */
  const answer = (roundTripMs: number, siteAheadMs = 0): Echo => ({
    sequence: 1,
    sentAtMs: world.monotonicMs - roundTripMs,
    roundTripMs,
    localMidpointMs: wallMs() - roundTripMs / 2,
    reflectedAtMs: START_MS + world.monotonicMs - roundTripMs / 2 + siteAheadMs,
  });
  return { world, clock, answer };
}

describe.each([HOUR_MS, -HOUR_MS])('an office whose clock is off by %i ms', aheadMs => {
  test('stamps the sites’ time, and knows by how much it is off', () => {
    const { clock, answer } = office(aheadMs);
    expect(clock.observe('s1', answer(4))).toBe(aheadMs);
    expect(clock.stampMs()).toBe(START_MS + 1000);
    expect(clock.startMs()).toBe(START_MS);
  });

  test('stamps its own time while no site has answered, and is not held back by it afterwards', () => {
    const { clock, answer } = office(aheadMs);
    expect(clock.observe('s1', undefined)).toBeUndefined();
    expect(clock.stampMs()).toBe(START_MS + 1000 + aheadMs);
    clock.observe('s1', answer(4));
    expect(clock.stampMs()).toBe(START_MS + 1000);
  });

  test('does not notice a step of its own clock', () => {
    const { world, clock, answer } = office(0);
    clock.observe('s1', answer(4));
    world.aheadMs = aheadMs;
    world.monotonicMs += 500;
    expect(clock.stampMs()).toBe(START_MS + 1500);
  });
});

test('stamps never go back when another site is nearer, and catch up', () => {
  const { world, clock, answer } = office(0);
  clock.observe('s1', answer(20));
  const first = clock.stampMs();
  clock.observe('s2', answer(5, -300));
  expect([clock.stampMs(), clock.stampMs()]).toEqual([first + 1, first + 2]);
  world.monotonicMs += 1000;
  expect(clock.stampMs()).toBe(START_MS + 2000 - 300);
});

test('a site that fell silent is not followed while another answers, and is when none does', () => {
  const { clock, answer } = office(0);
  clock.observe('s1', answer(1, 5000));
  clock.observe('s2', answer(9));
  clock.observe('s1', undefined);
  expect(clock.startMs()).toBe(START_MS);
  clock.observe('s2', undefined);
  expect(clock.startMs()).toBe(START_MS);
});

test('the start time does not waver with every estimate', () => {
  const { clock, answer } = office(0);
  clock.observe('s1', answer(4, 100));
  expect(clock.startMs()).toBe(START_MS + 100);
  clock.observe('s1', answer(4, 900));
  expect(clock.startMs()).toBe(START_MS + 100);
  clock.observe('s1', answer(4, 5000));
  expect(clock.startMs()).toBe(START_MS + 5000);
});
