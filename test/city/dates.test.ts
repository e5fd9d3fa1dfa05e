/** What begins and ends counts from its first day on, and from its end on no more. */

import { expect, test } from 'vitest';
import { onDay } from '../../infra/city/day.js';
import { diffCities } from '../../infra/city/diff/diff.js';
import { load } from '../../infra/city/load/load.js';
import type { City } from '../../infra/city/model.js';
import { patched } from './patched.js';

const LINE = '50,core,s1,s2,carrier-b,,10 Gbit/s,10 Gbit/s,1500';
const cityWith = (dates: string, day: string): City => load(patched([{ file: 'links.csv', append: `${LINE},${dates},\n` }]), onDay(day));
const stands = (dates: string, day: string): boolean => cityWith(dates, day).links.some(({ number }) => number === 50);

test.each([
  ['2031-01-01,', '2030-12-31', false],
  ['2031-01-01,', '2031-01-01', true],
  [',2031-01-01', '2030-12-31', true],
  [',2031-01-01', '2031-01-01', false],
  ['2030-01-01,2031-01-01', '2029-12-31', false],
  ['2030-01-01,2031-01-01', '2030-06-01', true],
  ['2030-01-01,2031-01-01', '2031-06-01', false],
])('a line valid %s counts on %s: %s', (dates, day, counts) => expect(stands(dates, day)).toBe(counts));

test('what does not count yet is as if it were not there, but its number is taken', () => {
  const { planned, ...rest } = cityWith('2031-01-01,', '2030-12-31');
  const { planned: _, ...without } = load(patched([]), onDay('2030-12-31'));
  expect(rest).toEqual(without);
  expect(planned.links).toEqual([50]);
});

test('a line that moves into the future is not forgotten', () =>
  expect(diffCities(cityWith('2030-01-01,', '2030-06-01'), cityWith('2031-01-01,', '2030-06-01')).numbers.forgotten).toEqual([]));

test('the day is that of the city, wherever the operator sits', () => {
  const zone = (timeZone: string) => (timeZone === 'Asia/Ho_Chi_Minh' ? '2031-01-01' : '2030-12-31');
  expect(load(patched([{ file: 'links.csv', append: `${LINE},2031-01-01,,\n` }]), zone).links.some(({ number }) => number === 50)).toBe(
    true,
  );
});

test('nothing active hangs on what is not there yet', () => {
  const changes = [
    { file: 'city.yaml', replace: 'en: Node B }, latitude', with: 'en: Node B }, validFrom: 2031-01-01, latitude' },
  ] as const;
  expect(() => load(patched(changes), onDay('2030-01-01'))).toThrow('n67 is not there yet (validFrom)');
  expect(load(patched(changes), onDay('2031-01-01')).aggregations).toHaveLength(2);
});

test('totals do not change with the day: they count what has no end', () => {
  const later = (file: 'endpoints.csv' | 'links.csv', row: string, dated: string) => ({ file, replace: row, with: dated });
  const changes = [
    later('endpoints.csv', '2020-03-01,,users', '2031-03-01,,users'),
    later('links.csv', '1500,,,rate rateBack', '1500,2031-03-01,,rate rateBack'),
    later('links.csv', 'e100,x65,carrier-b,,50 Mbit/s,100 Mbit/s,1500,', 'e100,x65,carrier-b,,50 Mbit/s,100 Mbit/s,1500,2031-03-01'),
  ];
  const names = (day: string) => load(patched(changes), onDay(day)).endpoints.length;
  expect([names('2030-01-01'), names('2032-01-01')]).toEqual([2, 3]);
});
