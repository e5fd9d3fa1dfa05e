/** The network devices of a city on one line, in the order of their names: equal prefixes are adjacent. */

import { SITE_SEGMENTS } from '../../city/identity.js';
import { remembered } from '../../city/once.js';
import { bridgeOf, type Topology } from '../../site/topology.js';
import { point, type Spans } from '../sets/spans.js';

/** Where an office's own network begins: the lab has none, a real office has. */
export const OFFICE_LAN = 'lan';
/** What a packet has not: one that a host sends itself enters nowhere, one that it takes leaves nowhere. */
const NO_DEVICE = '';
/** Stands for every device that no rule names. */
const ANOTHER = '~';

export interface Devices {
  /** Every device and none. */
  readonly all: Spans;
  /** Neither enters nor leaves. */
  readonly none: Spans;
  /** Of one name, or of all that begin as a name with a star does. */
  named(pattern: string): Spans;
  nameAt(at: number): string;
}

/** Every device of the city's hosts, and whatever rules name besides. */
export function devicesOf({ wires }: Pick<Topology, 'wires'>, others: readonly string[]): Devices {
  const given = wires.flatMap(({ ends }) => ends.map(({ device }) => device));
  const exact = others.filter(name => !name.endsWith('*'));
  const names = [...new Set([NO_DEVICE, 'lo', OFFICE_LAN, ...SITE_SEGMENTS.map(bridgeOf), ...given, ...exact, ANOTHER])].toSorted(byCode);
  const places = new Map(names.map((name, index) => [name, index]));
  const find = (pattern: string): Spans => {
    if (!pattern.endsWith('*')) return point(places.get(pattern) ?? names.length - 1);
    const start = pattern.slice(0, -1);
    const first = names.findIndex(name => name !== NO_DEVICE && name.startsWith(start));
    return first < 0 ? [] : [[first, names.findLastIndex(name => name.startsWith(start)) + 1]];
  };
  return {
    all: [[0, names.length]],
    none: point(0),
    named: remembered(find),
    nameAt: at => names[at] ?? ANOTHER,
  };
}

const byCode = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
