import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Series } from '../../../agents/ward/metrics.js';
import { remember, type Sent, samplesOf } from '../../../agents/ward/push/staleness.js';
import { writeRequest } from '../../../agents/ward/push/write-request.js';
import { decodeWriteRequest } from './remote-write.js';

const label = fc.stringMatching(/^[a-z_][a-z0-9_]{0,20}$/).filter(name => name !== '__name__');
/** Of the basic plane: pbf writes characters past U+1FFFF wrongly. */
const text = fc.string({ unit: fc.integer({ min: 0x20, max: 0xd7ff }).map(code => String.fromCharCode(code)), maxLength: 40 });
const anySeries: fc.Arbitrary<Series> = fc.record({
  name: fc.stringMatching(/^[a-z_:][a-z0-9_:]{0,40}$/),
  labels: fc.dictionary(label, text, { noNullPrototype: true }),
  value: fc.double({ noNaN: true }),
});

describe('a body', () => {
  test('carries every sample, its labels sorted, its time to the millisecond', () =>
    fc.assert(
      fc.property(fc.array(anySeries, { maxLength: 100 }), fc.integer({ min: 0, max: 2 ** 44 }), (living, timestampMs) => {
        const decoded = decodeWriteRequest(writeRequest(samplesOf(living, new Map()), timestampMs));
        expect(decoded.map(({ name, value }) => [name, value])).toEqual(living.map(({ name, value }) => [name, value]));
        for (const [index, sample] of decoded.entries()) {
          expect(Object.fromEntries(sample.labels)).toEqual({ __name__: living[index]?.name, ...living[index]?.labels });
          expect(sample.labels.map(([name]) => name)).toEqual(sample.labels.map(([name]) => name).toSorted());
          expect(sample).toMatchObject({ timestampMs, stale: false });
        }
      }),
    ));

  test('ends a series by Prometheus’s own NaN, which no value is', () => {
    const body = writeRequest(
      [
        { labels: [['__name__', 'a']], value: undefined },
        { labels: [['__name__', 'b']], value: Number.NaN },
      ],
      7,
    );
    expect(decodeWriteRequest(body).map(({ name, stale }) => [name, stale])).toEqual([
      ['a', true],
      ['b', false],
    ]);
  });
});

describe('staleness', () => {
  const series = (site: string): Series => ({ name: 'rtt', labels: { site }, value: 1 });
  const ended = (living: readonly Series[], sent: Sent) => samplesOf(living, sent).filter(({ value }) => value === undefined);

  test('ends what was sent and is gone, once', () => {
    const sent: Sent = new Map();
    remember(sent, samplesOf([series('s1'), series('s2')], sent), true);
    expect(ended([series('s1')], sent).map(({ labels }) => labels)).toEqual([
      [
        ['__name__', 'rtt'],
        ['site', 's2'],
      ],
    ]);
    remember(sent, samplesOf([series('s1')], sent), true);
    expect(ended([series('s1')], sent)).toEqual([]);
  });

  test('continues ending until the site accepts it', () => {
    const sent: Sent = new Map();
    remember(sent, samplesOf([series('s1')], sent), false); // perhaps it was stored
    for (const _ of [1, 2]) {
      expect(ended([], sent)).toHaveLength(1);
      remember(sent, samplesOf([], sent), false);
    }
    remember(sent, samplesOf([], sent), true);
    expect(sent.size).toBe(0);
  });

  test('forgets an end when the series lives again', () => {
    const sent: Sent = new Map();
    remember(sent, samplesOf([series('s1')], sent), true);
    remember(sent, samplesOf([], sent), false);
    expect(samplesOf([series('s1')], sent).map(({ value }) => value)).toEqual([1]);
  });
});
