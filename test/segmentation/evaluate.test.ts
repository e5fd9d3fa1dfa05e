/** Whole sets of packets against one packet at a time, and both against a reading of the rules that knows no sets. */

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { devicesOf } from '../../infra/segmentation/nftables/devices.js';
import { compiler, decideAll, everything, type Judges } from '../../infra/segmentation/nftables/evaluate.js';
import { parseRuleset } from '../../infra/segmentation/nftables/parse.js';
import { services, state as stateAt } from '../../infra/segmentation/sets/packets.js';
import { type Packet, type Region, remaining, without } from '../../infra/segmentation/sets/region.js';
import { intersect, type Point, type Spans, spansOf, subtract } from '../../infra/segmentation/sets/spans.js';
import { cases } from '../nightly.js';
import { filterWith } from './texts.js';

const LINE = 24;
const spans = fc
  .array(fc.tuple(fc.integer({ min: 0, max: LINE }), fc.integer({ min: 1, max: 6 })), { maxLength: 4 })
  .map(list => spansOf(list.map(([from, length]) => [from, from + length])));
const has = (set: Spans, at: Point) => set.some(([from, until]) => from <= at && at < until);
/** Whether a packet is in a region. */
const holds = (region: Region, packet: Packet): boolean =>
  Object.entries(packet).every(([line, at]) => has(region[line as keyof Packet], at));
const points = Array.from({ length: LINE + 8 }, (_, at) => at);

test('spans: common and taken away, point by point', () => {
  fc.assert(
    fc.property(spans, spans, (a, b) => {
      for (const at of points) {
        expect(has(intersect(a, b), at)).toBe(has(a, at) && has(b, at));
        expect(has(subtract(a, b), at)).toBe(has(a, at) && !has(b, at));
      }
    }),
  );
});

const SMALL: Spans = [[0, 3]];
const region = fc
  .tuple(...Array.from({ length: 7 }, () => fc.subarray([0, 1, 2], { minLength: 1 }).map(list => spansOf(list.map(at => [at, at + 1])))))
  .map(
    ([service, source, destination, enters, leaves, sourcePort, state]) =>
      ({ service, source, destination, enters, leaves, sourcePort, state }) as Region,
  );
const packet = fc
  .tuple(...Array.from({ length: 7 }, () => fc.integer({ min: 0, max: 2 })))
  .map(
    ([service, source, destination, enters, leaves, sourcePort, state]) =>
      ({ service, source, destination, enters, leaves, sourcePort, state }) as Packet,
  );

test('regions: pieces are apart, and together they are what was to be left', () => {
  fc.assert(
    fc.property(region, region, packet, (a, b, at) => {
      const pieces = without(a, b);
      expect(pieces.filter(piece => holds(piece, at)).length).toBe(holds(a, at) && !holds(b, at) ? 1 : 0);
    }),
  );
  expect(remaining([{ ...everythingSmall() }], [everythingSmall()])).toEqual([]);
});
const everythingSmall = (): Region => ({
  service: SMALL,
  source: SMALL,
  destination: SMALL,
  enters: SMALL,
  leaves: SMALL,
  sourcePort: SMALL,
  state: SMALL,
});

/** One rule as text, and what it means by hand. */
interface Written {
  readonly text: string;
  readonly matches: (packet: Plain) => boolean;
}
interface Plain {
  readonly enters: string;
  readonly source: string;
  readonly destination: string;
  readonly port: number;
  readonly state: 'new' | 'established';
}

const DEVICES = ['l1', 'l2', 'm1'] as const;
const ADDRESSES = ['10.0.0.1', '10.0.0.2', '10.0.1.1', '10.1.0.1'] as const;
const PREFIXES = { '10.0.0.0/30': 2, '10.0.0.0/16': 3, '10.1.0.1': -1, '10.0.0.0/8': 4 } as const;
const within = (address: string, prefix: keyof typeof PREFIXES) =>
  PREFIXES[prefix] === -1 ? address === prefix : ADDRESSES.slice(0, PREFIXES[prefix]).some(each => each === address);
const part = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const written: fc.Arbitrary<Written> = fc
  .record({
    device: part(fc.constantFrom('l1', 'l*', 'm1')),
    source: part(fc.tuple(fc.boolean(), fc.constantFrom(...(Object.keys(PREFIXES) as (keyof typeof PREFIXES)[])))),
    destination: part(fc.constantFrom(...(Object.keys(PREFIXES) as (keyof typeof PREFIXES)[]))),
    ports: part(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 2 }))),
    state: part(fc.constantFrom('new' as const, 'established' as const)),
    verdict: fc.constantFrom('accept', 'drop'),
  })
  .map(({ device, source, destination, ports, state, verdict }) => ({
    text: [
      device === undefined ? '' : `iifname "${device}"`,
      source === undefined ? '' : `ip saddr ${source[0] ? '!= ' : ''}${source[1]}`,
      destination === undefined ? '' : `ip daddr ${destination}`,
      ports === undefined ? '' : `tcp dport ${ports[0]}-${ports[0] + ports[1]}`,
      state === undefined ? '' : `ct state ${state}`,
      verdict,
    ]
      .filter(word => word !== '')
      .join(' '),
    matches: plain =>
      (device === undefined || (device === 'l*' ? plain.enters.startsWith('l') : plain.enters === device)) &&
      (source === undefined || within(plain.source, source[1]) !== source[0]) &&
      (destination === undefined || within(plain.destination, destination)) &&
      (ports === undefined || (ports[0] <= plain.port && plain.port <= ports[0] + ports[1])) &&
      (state === undefined || state === plain.state),
  }));

const plain: fc.Arbitrary<Plain> = fc.record({
  enters: fc.constantFrom(...DEVICES),
  source: fc.constantFrom(...ADDRESSES),
  destination: fc.constantFrom(...ADDRESSES),
  port: fc.integer({ min: 1, max: 6 }),
  state: fc.constantFrom('new', 'established'),
});

const devices = devicesOf({ wires: [] }, DEVICES);
const at = (set: Spans) => set[0]?.[0] ?? Number.NaN;
const asPacket = ({ enters, source, destination, port, state }: Plain): Packet => ({
  service: at(services('tcp', [[port, port]])),
  source: source.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0),
  destination: destination.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0),
  enters: at(devices.named(enters)),
  leaves: at(devices.named('m1')),
  sourcePort: 40_000,
  state: at(stateAt(state)),
});

/** What becomes of one packet: the first rule that matches decides, else the policy. */
const decide = ({ judges }: Judges, packet: Packet) => judges.find(({ region }) => holds(region, packet))?.rule;

test('a chain decides as its rules read, for one packet and for all packets at once', () => {
  fc.assert(
    fc.property(fc.array(written, { maxLength: 6 }), fc.array(plain, { minLength: 1, maxLength: 8 }), (rules, packets) => {
      const [chain] = parseRuleset(filterWith(...rules.map(({ text }) => text))).chains;
      if (chain === undefined) throw new Error('no chain');
      const judges = compiler(devices)(chain, 'v4');
      const parts = decideAll(judges, everything('v4', devices));
      for (const each of packets) {
        const expected = rules.find(({ matches }) => matches(each))?.text;
        const one = decide(judges, asPacket(each));
        const found = parts.filter(({ region }) => holds(region, asPacket(each)));
        expect(one?.text).toBe(expected);
        expect(found.map(({ rule, verdict }) => ({ rule, verdict }))).toEqual([
          { rule: one, verdict: expected?.endsWith('accept') ? 'accept' : 'drop' },
        ]);
      }
    }),
    { numRuns: cases(500, 5000) },
  );
});
