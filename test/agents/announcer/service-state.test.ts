import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  advance,
  initialState,
  MAX_BLIND_MS,
  type Observation,
  resumedState,
  type ServicePhase,
  type ServiceRules,
  type ServiceState,
} from '../../../agents/announcer/service-state.js';

const rules = (role: ServiceRules['role'], state: ServiceRules['state']): ServiceRules => ({
  role,
  state,
  holdDownMs: 30_000,
  quorumGraceMs: 3000,
});
const primaryDatabase = rules('primary', 'database');
const KINDS = [rules('primary', 'none'), rules('backup', 'database'), rules('backup', 'none')];

const WELL: Observation = { reachable: true, quorum: true };
const NO_QUORUM: Observation = { reachable: true, quorum: false };
const UNREACHABLE: Observation = { reachable: false, quorum: true };

/** Observes the same thing every 250 ms up to and including `untilMs`. */
function hold(rule: ServiceRules, from: ServiceState, seen: Observation, untilMs: number): ServiceState {
  let state = from;
  for (let nowMs = from.observedAtMs + 250; nowMs <= untilMs; nowMs += 250) state = advance(rule, state, seen, nowMs);
  return state;
}

describe('founding', () => {
  test.each([primaryDatabase, ...KINDS])('of $role $state is preferred at once', rule => {
    expect(advance(rule, initialState(false, 0), WELL, 250)).toMatchObject({ phase: 'preferred', founding: false });
  });

  test('waits for quorum where it is needed, however long, and is still a founding', () => {
    const waiting = hold(primaryDatabase, initialState(false, 0), NO_QUORUM, 60_000);
    expect(waiting).toMatchObject({ phase: 'withdrawn', founding: true });
    expect(advance(primaryDatabase, waiting, WELL, 60_250).phase).toBe('preferred');
  });

  test('waits for an application host', () => {
    const waiting = hold(primaryDatabase, initialState(false, 0), UNREACHABLE, 60_000);
    expect(advance(primaryDatabase, waiting, WELL, 60_250).phase).toBe('preferred');
  });
});

describe('a return', () => {
  test('is held at once, because it may be the only path, and preferred after the hold-down', () => {
    const held = advance(primaryDatabase, initialState(true, 0), WELL, 250);
    expect(held.phase).toBe('held');
    expect(hold(primaryDatabase, held, WELL, 30_000).phase).toBe('held');
    expect(hold(primaryDatabase, held, WELL, 30_250).phase).toBe('preferred');
  });

  test('starts its hold-down anew after any interruption', () => {
    const late = hold(primaryDatabase, initialState(true, 0), WELL, 30_000);
    const withdrawn = advance(primaryDatabase, late, UNREACHABLE, 30_250);
    expect(withdrawn.phase).toBe('withdrawn');
    const again = advance(primaryDatabase, withdrawn, WELL, 30_500);
    expect(hold(primaryDatabase, again, WELL, 60_250).phase).toBe('held');
    expect(hold(primaryDatabase, again, WELL, 60_500).phase).toBe('preferred');
  });

  test('a moment without quorum interrupts the hold-down, not the announcement', () => {
    const late = hold(primaryDatabase, initialState(true, 0), WELL, 30_000);
    const blip = advance(primaryDatabase, late, NO_QUORUM, 30_250);
    expect(blip.phase).toBe('held');
    expect(hold(primaryDatabase, blip, WELL, 60_250).phase).toBe('held');
  });

  test('time in which nothing was observed proves no health', () => {
    const held = advance(primaryDatabase, initialState(true, 0), WELL, 250);
    expect(advance(primaryDatabase, held, WELL, 250 + 60_000).phase).toBe('held');
  });
});

describe('without quorum', () => {
  const announced = advance(primaryDatabase, initialState(false, 0), WELL, 250);

  test('the primary withdraws a stateful service after the grace, and comes back held', () => {
    expect(hold(primaryDatabase, announced, NO_QUORUM, 3250).phase).toBe('preferred');
    const withdrawn = hold(primaryDatabase, announced, NO_QUORUM, 3500);
    expect(withdrawn.phase).toBe('withdrawn');
    expect(advance(primaryDatabase, withdrawn, WELL, 3750).phase).toBe('held');
  });

  test.each(KINDS)('$role $state stays as it is', rule => {
    const before = advance(rule, initialState(false, 0), WELL, 250);
    expect(hold(rule, before, NO_QUORUM, 600_000).phase).toBe('preferred');
    expect(advance(rule, initialState(true, 0), NO_QUORUM, 250).phase).toBe('held');
  });
});

describe('a restarted announcer', () => {
  test('continues with what its routes say', () => {
    expect(advance(primaryDatabase, resumedState('preferred', 0), NO_QUORUM, 250).phase).toBe('preferred');
    expect(advance(primaryDatabase, resumedState('held', 0), WELL, 250).phase).toBe('held');
  });
  test('counts the hold-down from its own start', () => {
    expect(hold(primaryDatabase, resumedState('held', 0), WELL, 30_000).phase).toBe('held');
    expect(hold(primaryDatabase, resumedState('held', 0), WELL, 30_250).phase).toBe('preferred');
  });
});

test('every phase meets every observation as the design says', () => {
  const phases = [initialState(true, 0), resumedState('held', 0), resumedState('preferred', 0)];
  const seen: readonly Observation[] = [WELL, NO_QUORUM, UNREACHABLE, { reachable: false, quorum: false }];
  const table = phases.map(state => seen.map(observation => advance(primaryDatabase, state, observation, 250).phase));
  expect(table).toEqual([
    ['held', 'withdrawn', 'withdrawn', 'withdrawn'],
    ['held', 'held', 'withdrawn', 'withdrawn'],
    ['preferred', 'preferred', 'withdrawn', 'withdrawn'],
  ] satisfies ServicePhase[][]);
});

const observation = fc.record({ reachable: fc.boolean(), quorum: fc.boolean() });
const step = fc.record({
  seen: fc.oneof({ weight: 3, arbitrary: fc.constant(WELL) }, observation),
  afterMs: fc.integer({ min: 1, max: 4000 }),
});
const history = fc.array(step, { maxLength: 200 });
const anyRules = fc.record({
  role: fc.constantFrom('primary' as const, 'backup' as const),
  state: fc.constantFrom('none' as const, 'database' as const),
  holdDownMs: fc.integer({ min: 0, max: 40_000 }),
  quorumGraceMs: fc.integer({ min: 0, max: 5000 }),
});

interface Moment {
  readonly nowMs: number;
  readonly seen: Observation;
  readonly state: ServiceState;
}

function replay(rule: ServiceRules, start: ServiceState, steps: readonly { seen: Observation; afterMs: number }[]): readonly Moment[] {
  const moments: Moment[] = [];
  let [state, nowMs] = [start, start.observedAtMs];
  for (const { seen, afterMs } of steps) {
    nowMs += afterMs;
    state = advance(rule, state, seen, nowMs);
    moments.push({ nowMs, seen, state });
  }
  return moments;
}

describe('laws', () => {
  test('after a return, preferred only at the end of an uninterrupted, observed hold-down', () => {
    fc.assert(
      fc.property(anyRules, history, (rule, steps) => {
        const moments = replay(rule, initialState(true, 0), steps);
        moments.forEach((moment, index) => {
          if (moment.state.phase !== 'preferred' || moments[index - 1]?.state.phase === 'preferred') return;
          const needsQuorum = rule.role === 'primary' && rule.state === 'database';
          const since = moments.findLastIndex(
            ({ seen, nowMs }, at) =>
              at <= index && (!seen.reachable || (needsQuorum && !seen.quorum) || nowMs - (moments[at - 1]?.nowMs ?? 0) > MAX_BLIND_MS),
          );
          // What interrupted is itself no health, unless it was only blindness, after which the first sight counts.
          const from = moments.slice(Math.max(0, since))[0];
          expect(moment.nowMs - (from?.nowMs ?? 0)).toBeGreaterThanOrEqual(rule.holdDownMs);
        });
      }),
    );
  });

  test('what no client reaches is never announced', () => {
    fc.assert(
      fc.property(anyRules, history, fc.boolean(), (rule, steps, known) => {
        for (const { seen, state } of replay(rule, initialState(known, 0), steps))
          if (!seen.reachable) expect(state.phase).toBe('withdrawn');
      }),
    );
  });

  test('the backup and stateless services are announced exactly while they are reached', () => {
    fc.assert(
      fc.property(fc.constantFrom(...KINDS), history, fc.boolean(), (rule, steps, known) => {
        for (const { seen, state } of replay(rule, initialState(known, 0), steps)) expect(state.phase !== 'withdrawn').toBe(seen.reachable);
      }),
    );
  });

  test('founded once, never again', () => {
    fc.assert(
      fc.property(anyRules, history, (rule, steps) => {
        const moments = replay(rule, initialState(false, 0), steps);
        const first = moments.findIndex(({ state }) => state.phase !== 'withdrawn');
        if (first >= 0) expect(moments.slice(first).every(({ state }) => !state.founding)).toBe(true);
      }),
    );
  });
});
