import { describe, expect, test } from 'vitest';
import type { LinkNumber } from '../../../infra/city/identity.js';
import type { ActiveFault, Fault, Impairment } from '../../../infra/fabric/fabric.js';
import { hostsOff, lineFault } from '../../../infra/fabric/faults/lines.js';

const links = (...numbers: readonly number[]) => numbers as unknown as readonly LinkNumber[];
const active = (...faults: readonly Fault[]): readonly ActiveFault[] =>
  faults.map((fault, index) => ({
    schema: 1,
    id: `f${index + 1}`,
    fault,
    injectedAt: '2026-11-23T00:00:00.000Z',
    healBy: undefined,
    by: 'operator',
    means: 'a test',
  }));
const cut = (...numbers: readonly number[]): Fault => ({ do: 'cut', links: links(...numbers) });
const impair = (impairment: Impairment, ...numbers: readonly number[]): Fault => ({ do: 'impair', links: links(...numbers), impairment });
const off = (...hosts: readonly string[]): Fault => ({ do: 'power-off', hosts });

describe('what faults want of a line', () => {
  test('nothing, when none concerns it', () =>
    expect(lineFault(7, active(cut(8), off('e131'), impair({ lossRatio: 1 }, 9)))).toEqual({ cut: false, impairment: {} }));
  test('silence, when one of several cuts it', () => expect(lineFault(7, active(cut(7, 8), cut(9))).cut).toBe(true));
  test('silence still, while a second cut of it is active', () => {
    const [first, second] = active(cut(7), cut(7));
    expect(
      lineFault(
        7,
        [first, second].filter(fault => fault !== undefined),
      ).cut,
    ).toBe(true);
    expect(lineFault(7, second === undefined ? [] : [second]).cut).toBe(true);
    expect(lineFault(7, []).cut).toBe(false);
  });
  test('of two impairments the later, part by part', () =>
    expect(lineFault(7, active(impair({ lossRatio: 0.1, rateBps: 1e6 }, 7), impair({ lossRatio: 0.3 }, 7))).impairment).toEqual({
      lossRatio: 0.3,
      rateBps: 1e6,
    }));
  test('both at once', () =>
    expect(lineFault(7, active(impair({ rateBps: 1e6 }, 7), cut(7)))).toEqual({ cut: true, impairment: { rateBps: 1e6 } }));
});

test('a host stays off while any fault keeps it off', () => {
  const faults = active(off('s1-edge1', 's1-router1'), cut(1), off('s1-router1'));
  expect(hostsOff(faults)).toEqual(new Set(['s1-edge1', 's1-router1']));
  expect(hostsOff(faults.slice(1))).toEqual(new Set(['s1-router1']));
  expect(hostsOff([])).toEqual(new Set());
});
