/** Notes: what is no problem of a design, and good to know. */

import { expect, test } from 'vitest';
import { checkCity } from '../../infra/city/check.js';
import type { City } from '../../infra/city/model.js';
import { notesOn } from '../../infra/city/notes.js';
import { formatProblem } from '../../infra/city/problem.js';
import { canTho, canTho2025 } from '../site/cities.js';
import { link } from './toy.js';

const notes = (city: City): readonly string[] => notesOn(city).map(({ rule, path, message }) => `${rule} ${path} ${message}`);
const usual = notes(canTho);
const added = (city: City): readonly string[] => notes(city).filter(note => !usual.includes(note));

test('the shipped cities have no line that carries nothing, and no place that is far', () => {
  for (const city of [canTho, canTho2025]) expect(notes(city).filter(note => !note.startsWith('name-stands-twice'))).toEqual([]);
});

test("an office's second access line, and a node's line to the witness, carry nothing", () =>
  expect(added({ ...canTho, links: [...canTho.links, link(900, 'uplink', 67, 3), link(901, 'access', 131, 67)] })).toEqual([
    'line-carries-nothing links.900 l900 leads from n67 to the witness, which passes nothing on: no traffic of offices goes over it',
    'line-carries-nothing links.901 l901 is a further access line of e131: its traffic goes over l131 alone, and nothing over this one',
  ]));

const moved = (changes: Partial<City['endpoints'][number]>): City => ({
  ...canTho,
  endpoints: canTho.endpoints.map(office => (office.number === 131 ? { ...office, ...changes } : office)),
});

test('two offices of one name', () => {
  const [first] = canTho.endpoints as [City['endpoints'][number]];
  expect(added(moved({ name: first.name }))).toEqual([
    `name-stands-twice endpoints.131 e${first.number} and e131 have the same name, '${first.name.vi}'`,
  ]);
});

test.each([
  [0, 0],
  [10.03, 15.77],
  [21.03, 105.85],
])('an office at %s, %s is far from the others', (latitude, longitude) =>
  expect(added(moved({ latitude, longitude })).map(note => note.split(' ').slice(0, 2))).toEqual([['place-is-far', 'endpoints.131']]),
);

test('notes have their severity in data and in text, and are no problems', () => {
  const report = checkCity(moved({ latitude: 0, longitude: 0 }), '2026-12-01', () => undefined);
  expect(report.problems).toEqual([]);
  expect(report.notes.every(({ severity }) => severity === 'note')).toBe(true);
  expect(report.notes.map(formatProblem).join('\n')).toMatch(/^note: endpoints\.131: e131 is at 0, 0: \d+ km/m);
});
