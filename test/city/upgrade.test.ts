/** A folder of an older form is carried over in place: nothing else in it changes. */

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { checkCity, findingsOf } from '../../infra/city/check.js';
import type { InventoryFiles } from '../../infra/city/load/files.js';
import { load, loadLocated } from '../../infra/city/load/load.js';
import { SCHEMA_VERSION } from '../../infra/city/load/version.js';
import type { City } from '../../infra/city/model.js';
import { InputError } from '../../infra/city/problem.js';
import { STEPS } from '../../infra/city/upgrade/steps.js';
import { upgradeOf } from '../../infra/city/upgrade/upgrade.js';
import { DAY } from './day.js';
import { patched } from './patched.js';

const NEWEST = readFileSync(new URL('../errors/base/city.yaml', import.meta.url), 'utf8');
/** As it was before acceptances had extents. */
const SCHEMA_1 = NEWEST.replace('schema: 2', 'schema: 1').replace(/ extent: \{ \w+: \{[^}]*\} \},/g, '');

const folder = (text: string): InventoryFiles => patched([{ file: 'city.yaml', content: text }]);
const upgraded = (text: string, shipped: readonly City[] = []) =>
  upgradeOf(folder(text), { day: DAY, shipped, findingsIn: ({ city }) => findingsOf(city) });

function problemsOf(text: string) {
  const { city, locate } = loadLocated(folder(text), DAY);
  return checkCity(city, '2026-06-01', locate).problems;
}

test('there is a way from every version to the next, up to the newest', () =>
  expect(STEPS.map(({ from, to }) => [from, to])).toEqual(Array.from({ length: SCHEMA_VERSION - 1 }, (_, n) => [n + 1, n + 2])));

test('schema 1: every acceptance gets what is found, and nothing else changes', () => {
  const made = upgraded(SCHEMA_1);
  expect(made.text).toBe(NEWEST);
  expect(made).toMatchObject({ from: 1, to: 2, said: [] });
  expect(made.changes[0]).toEqual({ line: 1, removed: '1', added: '2' });
  expect(made.changes[1]).toEqual({ line: 77, removed: '', added: 'extent: { offices: { l100-l102: 1 } }' });
  expect(problemsOf(made.text)).toEqual([]);
});

test('the newest form stays as it is', () => expect(upgraded(NEWEST)).toMatchObject({ text: NEWEST, changes: [], from: 2, to: 2 }));

const BLOCK = `accepted:
# the lines of offices
-   rule: no-single-point-of-failure
    # since 2022
    scope: "class:access"   # one line each
    reason: one line
    owner: operator
    expires: 2027-01-01
- {rule: no-single-point-of-failure, scope: "aggregations.66"  , reason: one node, owner: operator, expires: 2027-01-01}
- { rule: no-single-point-of-failure, scope: aggregations.67,
    reason: one node, owner: operator, expires: 2027-01-01 }
`;

test.each([
  ['as it is', (text: string) => text],
  ['with CRLF', (text: string) => text.replaceAll('\n', '\r\n')],
  ['with a byte order mark', (text: string) => `\uFEFF${text}`],
  ['with a comment of two bytes a letter', (text: string) => `# thành phố Cần Thơ\n${text}`],
])('comments, indents and line ends are kept, %s', (_what, written) => {
  const [head = '', tail = ''] = SCHEMA_1.split(/^accepted:\n(?: {2}-.*\n)+/m);
  const before = written(head + BLOCK + tail);
  const { text, changes } = upgraded(before);
  expect(changes).toHaveLength(4);
  const kept = text
    .replace('schema: 2', 'schema: 1')
    .replace(/\n {4}extent: \{ offices: \{ l100-l102: 1 \} \}\r?(?=\n)/, '')
    .replace(/, extent: \{ offices: \{ n6\d: \d \} \}/g, '');
  expect(kept).toBe(before);
  expect(load(folder(text), DAY).accepted.map(({ extent }) => extent)).toEqual([
    { offices: { 'l100-l102': 1 } },
    { offices: { n66: 2 } },
    { offices: { n67: 1 } },
  ]);
});

/** A shipped inventory that accepts the same in the same words, of a smaller city. */
const shippedWith = (id: string, extent: string): City =>
  load(folder(NEWEST.replace('id: toy', `id: ${id}`).replace('offices: { carrier-a: 3, carrier-b: 1 }', `offices: { ${extent} }`)), DAY);

test("what has grown since a shipped inventory's words were copied is not accepted by carrying them over", () => {
  const { text, said } = upgraded(SCHEMA_1, [shippedWith('toy', 'carrier-a: 2')]);
  expect(said).toEqual([
    "accepted.3 is a shipped inventory's, and accepted 2 offices at carrier-a; found are 3 offices: 'citydc check' reports it",
  ]);
  expect(problemsOf(text).map(({ path }) => path)).toEqual(['carriers.carrier-a']);
});

test('of a copy with an id of its own, the shipped inventory that accepts most counts; of a namesake, that one alone', () => {
  const shipped = [shippedWith('small', 'carrier-a: 1'), shippedWith('large', 'carrier-a: 3')];
  expect(upgraded(SCHEMA_1, shipped).said).toEqual([]);
  expect(upgraded(SCHEMA_1.replace('id: toy', 'id: small'), shipped).said).toHaveLength(1);
});

test("the operator's own words are about what is there now", () => {
  const own = SCHEMA_1.replace("'class:carrier', reason: one line", "'class:carrier', reason: our own contract");
  expect(upgraded(own, [shippedWith('toy', 'carrier-a: 2')]).said).toEqual([]);
});

test('an acceptance of nothing gets no extent, and is named', () => {
  const { text, said } = upgraded(SCHEMA_1.replace('scope: links.1,', 'scope: links.2,'));
  expect(said).toEqual(['accepted.4 accepts copies-stay-joined of links.2, and there is no such finding: remove it']);
  expect(load(folder(text), DAY).accepted[4]?.extent).toBeUndefined();
});

test.each([
  ['a later version', NEWEST.replace('schema: 2', 'schema: 3'), 'found 3, expected one from 1 to 2'],
  ['no version', NEWEST.replace('schema: 2\n', ''), 'found no version, expected one from 1 to 2'],
  ['another mistake', SCHEMA_1.replace('growthRatioPerYear: 0.1', 'growthRatioPerYear: 7'), 'found 7, expected a number from 0 to 1'],
  ['no YAML', 'schema: [1', 'Flow sequence in block collection must be sufficiently indented and end with a ]'],
])('%s is refused', (_what, text, message) => {
  const refused = () => upgraded(text);
  expect(refused).toThrow(InputError);
  expect(refused).toThrow(message);
});
