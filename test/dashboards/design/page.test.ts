/** The page of a check: what it says, and that it requests nothing and runs nothing of anybody else's. */

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { escapeXml } from '../../../dashboards/design/diagram/markup.js';
import { parseOutline } from '../../../dashboards/design/diagram/outline.js';
import { showCount, showRateIn } from '../../../dashboards/design/page/numbers.js';
import { checkPage } from '../../../dashboards/design/page/page.js';
import { embedded } from '../../../dashboards/design/page/script.js';
import { checkCity } from '../../../infra/city/check.js';
import { loadLocated } from '../../../infra/city/load/load.js';
import { readInventory, readOutline } from '../../../infra/city/load/read.js';
import type { City } from '../../../infra/city/model.js';
import { DAY } from '../../city/day.js';
import { patched } from '../../city/patched.js';
import { toyCity } from '../../city/toy.js';
import { asJson, GOLDEN } from '../../site/golden.js';

const TODAY = '2026-12-01';
const FOLDER = join(GOLDEN, 'check');

function pageOf(city: City, today = TODAY) {
  const report = checkCity(city, today, () => undefined);
  return { report, page: checkPage({ city, report, today, outline: undefined }) };
}

async function shipped(id: string, today = TODAY) {
  const { city, locate } = loadLocated(await readInventory(id), DAY);
  const report = checkCity(city, today, locate);
  return { city, report, page: checkPage({ city, report, today, outline: parseOutline((await readOutline(id)) ?? '') }) };
}
const SHIPPED = await Promise.all(['can-tho-2022', 'can-tho-2025'].map(id => shipped(id)));

const TOY = pageOf(toyCity()).page;

/** Its part in one language. */
const partIn = (page: string, language: 'vi' | 'en'): string =>
  new RegExp(`<main class="page ${language}"[\\s\\S]*?</main>`).exec(page)?.[0] ?? '';

/** What a reader sees in one language: a line a heading, row or sentence, and of the map the elements and how they are marked. */
const readIn = (page: string, language: 'vi' | 'en'): string =>
  partIn(page, language)
    .replace(/<svg[\s\S]*?<\/svg>/g, svg => svg.replace(/<style>[\s\S]*?<\/style>/g, '').replace(MARKED, '\n$2: $1\n'))
    .replace(/<(?:br|\/(?:p|h\d|tr|li|summary|div|text|title))>/g, '\n')
    .replace(/<\/t[dh]>/g, ' | ')
    .replace(/<[^>]+>/g, '')
    .replace(/ *\n\s*/g, '\n')
    .trim();
const MARKED = /<[a-z]+ [^>]*class="([^"]+)"[^>]* data-name="([^"]+)"[^>]*>/g;

test.each(['vi', 'en'] as const)('toy.%s.txt', language =>
  expect(`${readIn(TOY, language)}\n`).toMatchFileSnapshot(join(FOLDER, `toy.${language}.txt`)),
);

test('digests of whole pages', () => {
  const pages = [['toy', TOY] as const, ...SHIPPED.map(({ city, page }) => [city.id, page] as const)];
  const digests = pages.map(([id, page]) => [id, createHash('sha256').update(page).digest('hex')]);
  return expect(asJson(Object.fromEntries(digests))).toMatchFileSnapshot(join(FOLDER, 'digests.json'));
});

describe.each(SHIPPED)('of $city.id', ({ city, report, page }) => {
  test('it requests nothing: no address but the name of SVG, nothing that loads', () => {
    const rest = page.replaceAll('xmlns="http://www.w3.org/2000/svg"', '');
    expect(rest).not.toMatch(/https?:|\bsrc=|\burl\(|@import|<link|<iframe|<object|<embed|fetch\(|XMLHttp|\bon\w+="/);
    expect(page).toContain(`<meta http-equiv="Content-Security-Policy" content="default-src 'none';`);
  });

  test('it is small', () => expect(Buffer.byteLength(page)).toBeLessThan(1.5e6));

  test('ids are there once, and what leads to one arrives', () => {
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect([...page.matchAll(/ (?:href="#|for=")([^"]+)"/g)].map(([, id]) => id).filter(id => !ids.includes(id))).toEqual([]);
  });

  test('both languages say the same', () => {
    const signs = (language: 'vi' | 'en') =>
      [...partIn(page, language).matchAll(/<(section|details|table|tr|circle|line|path)\b/g)].map(([, name]) => name).join(' ');
    expect(signs('vi')).toBe(signs('en'));
  });

  test('every element that can fail has a note in both languages', () => {
    const notes = JSON.parse(/<script type="application\/json" id="notes">(.*)<\/script>/.exec(page)?.[1] ?? '');
    for (const language of ['vi', 'en']) {
      expect(Object.keys(notes[language])).toHaveLength(
        report.checked.find(({ rule }) => rule === 'no-single-point-of-failure')?.cases ?? 0,
      );
      expect(notes[language].n66.rings).toHaveLength(city.endpoints.filter(({ aggregation }) => aggregation === 66).length);
    }
  });

  test('the map marks what takes offices down', () => {
    expect(partIn(page, 'vi')).toMatch(/<g class="node takes-many" data-name="n66">/);
    expect(partIn(page, 'en').match(/class="link access takes-one"/g)?.length).toBe(
      city.endpoints.filter(({ latitude }) => latitude !== undefined).length,
    );
    expect(page).not.toContain('class="link uplink tight unaccepted"');
  });
});

test('when acceptances have expired every problem is in the page, with its place and its hint', async () => {
  const { report, page } = await shipped('can-tho-2022', '2027-12-31');
  expect(report.problems).toHaveLength(163);
  const [vietnamese, english] = [partIn(page, 'vi'), partIn(page, 'en')];
  for (const { message, at, hint, path } of report.problems) {
    expect(english).toContain(escapeXml(message));
    expect(english).toContain(escapeXml(hint ?? ''));
    for (const part of [vietnamese, english]) expect(part).toContain(escapeXml(`${at?.file}:${at?.line}:${at?.column}: ${path}`));
  }
  expect(vietnamese).toContain('<strong>163 vấn đề</strong>');
  expect(vietnamese).toContain('chấp nhận đã hết hạn ngày 2027-12-31');
});

test.each<[string, (city: City) => City, readonly string[]]>([
  [
    'a duct of both uplinks',
    city => ({
      ...city,
      links: city.links.map(each => (each.kind === 'uplink' && each.ends[0] === 66 ? { ...each, riskGroups: ['duct-1'] } : each)),
    }),
    [
      'nếu duct-1 (Cống cáp: l1, l10, l11) hỏng, 2 đơn vị mất hệ thống duy nhất: e100, e102',
      'class="link uplink unaccepted" data-name="l11"',
    ],
  ],
  [
    'a node on the witness only',
    city => ({ ...city, links: city.links.filter(({ number }) => ![12, 13].includes(number)) }),
    ['ngay cả khi không có gì hỏng, 1 đơn vị mất hệ thống duy nhất: e101'],
  ],
  [
    'no vote at the witness',
    city => ({ ...city, sites: city.sites.map(each => (each.number === 3 ? { ...each, hosts: { ...each.hosts, etcd: [] } } : each)) }),
    ['khi s1 hỏng, không nơi nào được ghi: s1 hỏng, s2 chỉ nghe được 1 trên 2 phiếu'],
  ],
  [
    'a line that is too slow',
    city => ({ ...city, links: city.links.map(each => (each.number === 100 ? { ...each, rateBps: [64_000, 64_000] } : each)) }),
    ['l100 từ ', 'quá tải khi không có gì hỏng', '; đầy trước tiên', 'class="link access takes-one tight unaccepted" data-name="l100"'],
  ],
  ['a flow forgotten', city => ({ ...city, flows: [] }), ['không luồng nào cho phép người ở đơn vị dùng portal']],
  [
    'an acceptance of nothing',
    city => ({ ...city, endpoints: city.endpoints.filter(({ aggregation }) => aggregation !== 67) }),
    ['mục này chấp nhận no-single-point-of-failure của aggregations.67, nhưng không có phát hiện nào như vậy'],
  ],
  [
    'an acceptance that was outgrown, and one that does not name the element',
    city => ({
      ...city,
      accepted: city.accepted.map(each =>
        each.extent?.offices?.['carrier-a'] ? { ...each, extent: { offices: { 'carrier-a': 2 } } } : each,
      ),
    }),
    ['đã chấp nhận 2 đơn vị, nay là 3 đơn vị: sửa, hoặc chấp nhận mức mới', 'chưa có trong mục đã chấp nhận'],
  ],
  [
    'an acceptance without an extent',
    city => ({ ...city, accepted: city.accepted.map(({ extent, ...each }, index) => (index === 0 ? each : { ...each, extent })) }),
    ['mục này chấp nhận no-single-point-of-failure của class:access, nhưng không ghi chấp nhận đến mức nào', 'không ghi mức'],
  ],
])('%s, in Vietnamese and in English', (_what, mistake, expected) => {
  const { report, page } = pageOf(mistake(toyCity()));
  for (const text of expected) expect(partIn(page, 'vi')).toContain(text);
  for (const { message } of report.problems) expect(partIn(page, 'en')).toContain(escapeXml(message));
  expect(partIn(page, 'vi')).not.toMatch(/<p class="says[^>]* lang="en"/);
});

describe('names that would break out', () => {
  const NASTY = [
    '</script><script>alert(1)</script>',
    '<!--',
    '<img src=x onerror="alert(1)">',
    '" onload="alert(1)',
    "'; alert(1)//",
    '&lt;b&gt;',
  ];
  const named = (name: string): City => ({
    ...toyCity({ accepted: toyCity().accepted.map(each => ({ ...each, reason: name, owner: name })) }),
    name: { vi: name, en: name },
    aggregations: toyCity().aggregations.map(node => ({ ...node, name: { vi: name, en: name } })),
    endpoints: toyCity().endpoints.map(office => ({ ...office, name: { vi: name, en: name } })),
    riskGroups: toyCity().riskGroups.map(group => ({ ...group, name })),
  });
  const tags = (page: string) => [...page.matchAll(/<\/?[a-z!][^\s>]*/gi)].map(([text]) => text);

  test.each(NASTY)('%s is a text, and no other tag or attribute is there', name => {
    const [hostile, tame] = [pageOf(named(name)).page, pageOf(named('a name')).page];
    expect(tags(hostile).filter(tag => tag !== '<tspan')).toEqual(tags(tame).filter(tag => tag !== '<tspan'));
    expect(hostile.match(/<[^>]*\son\w+=/)).toBeNull();
  });

  test('law: embedded JSON never ends its script, and is the same value again', () =>
    fc.assert(
      fc.property(fc.json(), text => {
        const value = JSON.parse(text);
        expect(embedded([value, '</script><!--'])).not.toContain('<');
        expect(JSON.parse(embedded(value))).toEqual(value);
      }),
    ));
});

test('a bare city has a page, too', () => {
  const { page } = pageOf(loadLocated(patched([]), DAY).city);
  expect(page).toContain('</html>');
  expect(pageOf(toyCity({ endpoints: [], links: [], aggregations: [], accepted: [] })).page).toContain('Chưa có nhu cầu nào');
});

test('numbers are written as each language writes them', () => {
  expect([showCount(101_480, 'vi'), showCount(101_480, 'en'), showCount(999, 'vi')]).toEqual(['101.480', '101,480', '999']);
  expect([showRateIn(36.5e6, 'vi'), showRateIn(36.5e6, 'en')]).toEqual(['36,5 Mbit/s', '36.5 Mbit/s']);
});
