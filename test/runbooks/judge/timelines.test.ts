import { describe, expect, test } from 'vitest';
import { type AcknowledgedWrite, checkTimelines, parseForks, positionOf } from '../../../runbooks/judge/timelines.js';

const write = (timeline: number | undefined, lsn: string | undefined, dueMs: number): AcknowledgedWrite => ({
  ...{ sequence: dueMs, dueMs, outcome: 'ok', doneMs: dueMs + 10, timeline, lsn, endpoint: 'e131', system: 'portal' },
});
const forks = parseForks('[[1, 67108864, "no recovery target specified", "2026-11-23T08:00:00+00:00", "s2-database1"]]');

test('positions are read as PostgreSQL writes them', () => {
  expect(positionOf('0/4000000')).toBe(67_108_864n);
  expect(positionOf('16/B374D848')).toBe(0x16_b374d848n);
});
test('what is no history is none', () => {
  expect(parseForks('')).toBeUndefined();
  expect(parseForks('{"detail":"no"}')).toBeUndefined();
  expect(parseForks('[]')?.size).toBe(0);
});

describe('checkTimelines', () => {
  const check = (...writes: AcknowledgedWrite[]) => checkTimelines(writes, forks ?? new Map());
  test('a clean fork', () =>
    expect(check(write(1, '0/3FFFFF0', 1), write(2, '0/4000100', 50))).toEqual({
      ...{ checked: 2, unmarked: 0, counts: { 1: 1, 2: 1 }, missing: [], violations: [] },
    }));
  test('a write beyond the end of its timeline', () =>
    expect(check(write(1, '0/4000001', 1), write(2, '0/4000100', 50)).violations).toEqual([
      'portal e131/1 was acknowledged at 0/4000001, beyond the end of timeline 1',
    ]));
  test('a write sent to the old one after the new one had answered', () =>
    expect(check(write(2, '0/4000100', 50), write(1, '0/3FFFFF0', 61)).violations).toEqual([
      'portal e131/61 was sent after a later timeline had taken over, and acknowledged on timeline 1',
    ]));
  test('one that overlapped the take-over may have been before it', () =>
    expect(check(write(2, '0/4000100', 50), write(1, '0/3FFFFF0', 60)).violations).toEqual([]));
  test('an end that the history does not name is missing', () =>
    expect(check(write(2, '0/5', 1), write(3, '0/6', 50)).missing).toEqual([2]));
  test('a write without position proves nothing', () =>
    expect(check(write(undefined, undefined, 1))).toMatchObject({ checked: 0, unmarked: 1 }));
});
