/** Diagrams of the small city as committed files, of the shipped ones as digests; that of the README is committed whole. */

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { diagramFiles } from '../../../dashboards/design/diagram/diagram.js';
import { dot } from '../../../dashboards/design/diagram/dot.js';
import { layersSvg } from '../../../dashboards/design/diagram/layers/layers.js';
import { mapSvg } from '../../../dashboards/design/diagram/map/map.js';
import { escapeXml, wrapped } from '../../../dashboards/design/diagram/markup.js';
import { mermaid } from '../../../dashboards/design/diagram/mermaid.js';
import { frameAround, parseOutline, project } from '../../../dashboards/design/diagram/outline.js';
import { shortNames } from '../../../dashboards/design/diagram/words.js';
import { load } from '../../../infra/city/load/load.js';
import { readInventory, readOutline } from '../../../infra/city/load/read.js';
import type { City, Endpoint } from '../../../infra/city/model.js';
import { DAY } from '../../city/day.js';
import { link, toyCity } from '../../city/toy.js';
import { canTho, canTho2025 } from '../../site/cities.js';
import { asJson, GOLDEN } from '../../site/golden.js';

const outlineOf = async ({ id }: City) => parseOutline((await readOutline(id)) ?? '');
const [outline2022, outline2025] = [await outlineOf(canTho), await outlineOf(canTho2025)];
const SHIPPED = [
  [canTho, outline2022],
  [canTho2025, outline2025],
] as const;

describe('committed', () => {
  test.each(diagramFiles(toyCity(), undefined))('toy/$path', ({ path, content }) =>
    expect(content).toMatchFileSnapshot(join(GOLDEN, 'diagram', 'toy', path)),
  );

  test.each(SHIPPED)('digests of $id', (city, outline) => {
    const digests = diagramFiles(city, outline).map(({ path, content }) => [path, createHash('sha256').update(content).digest('hex')]);
    return expect(asJson(Object.fromEntries(digests))).toMatchFileSnapshot(join(GOLDEN, 'diagram', `${city.id}.json`));
  });

  test('the map that the README shows', () =>
    expect(mapSvg(canTho, outline2022, 'en')).toMatchFileSnapshot(join(GOLDEN, 'diagram', 'can-tho-2022-map-en.svg')));
});

describe.each(SHIPPED)('of $id', (city, outline) => {
  const names = [...city.sites.map(({ number }) => `s${number}`), ...city.aggregations.map(({ number }) => `n${number}`)];

  test('layers and map show every site, node and office by its number, once', () => {
    const all = [...names, ...city.endpoints.map(({ number }) => `e${number}`)];
    const shown = (svg: string) =>
      [
        ...svg.matchAll(
          /<(?:g|circle) class="(?:node|office)[^"]*"[^>]*data-name="([sne]\d+)"|<circle [^>]*class="office[^"]*" data-name="(e\d+)"/g,
        ),
      ].map(([, a, b]) => a ?? b);
    expect(shown(layersSvg(city, 'vi')).toSorted()).toEqual(all.toSorted());
    expect(shown(mapSvg(city, outline, 'vi')).toSorted()).toEqual(all.toSorted());
  });

  test('every uplink is a line of both', () => {
    const uplinks = city.links.filter(({ kind }) => kind === 'uplink').map(({ number }) => `l${number}`);
    for (const svg of [layersSvg(city, 'vi'), mapSvg(city, outline, 'vi')])
      expect([...svg.matchAll(/class="link uplink" data-name="(l\d+)"/g)].map(([, name]) => name)).toEqual(uplinks);
  });

  test('labels of the map do not cover each other', () => {
    const svg = mapSvg(city, outline, 'vi');
    const labels = [
      ...svg.matchAll(/<text x="([\d.]+)" y="([\d.]+)" text-anchor="middle" font-size="([\d.]+)"[^>]*class="halo[^"]*">([^<]+)</g),
    ];
    expect(labels.length).toBeGreaterThan(names.length);
    const boxes = labels.map(([, x, y, size, text = '']) => ({
      x: Number(x),
      y: Number(y),
      width: text.length * Number(size) * 0.55,
      height: Number(size),
    }));
    const clashes = boxes.flatMap((a, index) =>
      boxes
        .slice(index + 1)
        .filter(b => Math.abs(a.x - b.x) * 2 < a.width + b.width && Math.abs(a.y - b.y) < Math.min(a.height, b.height) * 0.8),
    );
    expect(clashes).toEqual([]);
  });

  test('it has the width that a page has', () => {
    for (const svg of [layersSvg(city, 'vi'), mapSvg(city, outline, 'en')]) expect(svg).toContain('viewBox="0 0 1600 ');
  });

  test('the order of the rows does not matter', async () => {
    const files = await readInventory(city.id);
    const reversed = (name: 'endpoints.csv' | 'links.csv') => {
      const [head = '', ...rows] = new TextDecoder().decode(files.contents[name]).trimEnd().split('\n');
      return new TextEncoder().encode([head, ...rows.toReversed()].join('\n'));
    };
    const contents = { ...files.contents, 'endpoints.csv': reversed('endpoints.csv'), 'links.csv': reversed('links.csv') };
    expect(diagramFiles(load({ ...files, contents }, DAY), outline)).toEqual(diagramFiles(city, outline));
  });
});

describe('names that would break out', () => {
  const NASTY = ['"quoted" & <b>bold</b>', "it's `code`; #35; %% end", 'back\\slash "', 'a]|b{c}', ']]>', '--> x', '\\n', 'end'];
  const named = (vi: string): City => ({
    ...toyCity(),
    name: { vi, en: vi },
    aggregations: toyCity().aggregations.map(node => ({ ...node, name: { vi, en: vi } })),
    endpoints: toyCity().endpoints.map((office): Endpoint => ({ ...office, name: { vi, en: vi } })),
  });

  /** Tags opened and closed in order, no bare `&` or `<`: what an XML parser asks of a text. */
  function isWellFormed(xml: string): boolean {
    const open: string[] = [];
    const rest = xml.replace(/<(\/?)([a-z]+)((?: [\w-]+="[^"<]*")*)(\/?)>/g, (_, closes, name, __, empty) => {
      if (closes === '/') return open.pop() === name ? '' : '<';
      if (empty === '') open.push(name);
      return '';
    });
    return open.length === 0 && !rest.includes('<') && !/&(?!(amp|lt|gt|quot|#39);)/.test(xml);
  }

  test.each(NASTY)('%s in SVG, Mermaid and DOT', name => {
    const city = named(name);
    for (const svg of [layersSvg(city, 'vi'), mapSvg(city, undefined, 'en')]) expect(isWellFormed(svg)).toBe(true);
    for (const line of mermaid(city).split('\n'))
      expect(line).toMatch(/^( +(?:linkStyle|classDef) .*|flowchart TB|%% .*| {2}\w+\["[^"`]*"\]:::\w+| {2}\w+ ---(\|"\w+"\|)? \w+|)$/);
    const strings = dot(city).replace(/"(?:[^"\\]|\\.)*"/gs, '');
    expect(strings).not.toMatch(/["\\<>#&]/);
  });

  test('law: whatever the name, XML stays well-formed', () =>
    fc.assert(fc.property(fc.string({ unit: 'binary' }), text => isWellFormed(`<text>${escapeXml(text)}</text>`))));

  test('characters that XML forbids do not survive', () => expect(escapeXml('a\u0000b\u001bc')).toBe('a\ufffdb\ufffdc'));
});

test('who marks colours areas, lines, signs and offices by their names', () => {
  const lost = new Set(['e78', 'n67', 'l12', 's1', 'e169']);
  const svg = mapSvg(canTho2025, outline2025, 'vi', name => (lost.has(name) ? 'lost' : undefined));
  const marked = [...svg.matchAll(/class="([^"]*) lost"[^>]*data-name="([^"]+)"/g)].map(([, kind, name]) => `${kind} ${name}`);
  expect(marked.toSorted()).toEqual(['area e78', 'link uplink l12', 'node n67', 'node s1', 'office department e169', 'office ward e78']);
});

test('a second access line to another node is drawn from the office to that node', () => {
  const city = { ...toyCity(), links: [...toyCity().links, link(200, 'access', 100, 67)] };
  expect(layersSvg(city, 'vi')).toMatch(/class="link access" data-name="l200"/);
  expect(mapSvg(city, undefined, 'vi')).toMatch(/class="link access" data-name="l200"/);
});

test('a city with as many nodes as one likes is wider, and every node stands beside the next', () => {
  const [node] = canTho.aggregations;
  const aggregations = Array.from({ length: 100 }, (_, index) => ({ ...node, number: 1000 + index })) as unknown as City['aggregations'];
  const svg = layersSvg({ ...canTho, aggregations, endpoints: [], links: [] }, 'vi');
  const lefts = [...svg.matchAll(/<rect x="([\d.]+)"[^>]* class="aggregation"/g)].map(([, x]) => Number(x));
  expect(lefts).toHaveLength(100);
  expect(lefts.every((x, index) => index === 0 || x - (lefts[index - 1] ?? 0) >= 60)).toBe(true);
});

test('a bare city can be drawn, too', () => {
  const bare = toyCity({ endpoints: [], links: [], aggregations: [] });
  expect(diagramFiles(bare, undefined)).toHaveLength(6);
});

describe('outline', () => {
  test('places of 2022 and 2025 lie inside their frames', () => {
    for (const [city, outline] of SHIPPED)
      for (const place of [...city.sites, ...city.aggregations]) {
        const { x, y } = project(outline, place);
        expect(x > 0 && x < outline.widthPx && y > 0 && y < outline.heightPx).toBe(true);
      }
  });

  test('each ward of 2025 has its area, and is in its box', () => {
    const areas = new Map(outline2025.areas.map(({ name, d }) => [name, d]));
    const wards = canTho2025.endpoints.filter(({ class: kind }) => kind === 'ward');
    expect([...areas.keys()].toSorted()).toEqual(wards.map(({ number }) => `e${number}`).toSorted());
    for (const { number, latitude = 0, longitude = 0 } of wards) {
      const { west, east, south, north } = boxOf(areas.get(`e${number}`) ?? '');
      expect(longitude * 1000 >= west && longitude * 1000 <= east && latitude * 1000 >= south && latitude * 1000 <= north).toBe(true);
    }
  });

  test('the outlines of 2022 belong to no office: they are those of 2025', () => {
    expect(outline2022.areas).toHaveLength(32);
    expect(outline2022.areas.every(({ name }) => name === undefined)).toBe(true);
  });

  test.each([
    ['', 'nothing'],
    ['<svg viewBox="0 0 1 1"><g transform="matrix(1 0 0 -1 0 0)"></g></svg>', 'no path'],
    ['<svg viewBox="0 0 1 1"><path d="M0 0l1 1z"/></svg>', 'no transform'],
    ['<svg viewBox="0 0 1 1"><g transform="matrix(1 0 0 x 0 0)"><path d="M0 0z"/></g></svg>', 'no numbers'],
    ['<svg viewBox="0 0 1 1"><g transform="matrix(1 0 0 -1 0 0)"><path d="M0 0C1 1 1 1 1 1"/></g></svg>', 'curves'],
    ['<svg viewBox="0 0 1 1"><g transform="matrix(1 0 0 -1 0 0)"><path d="M0 0z"/>', 'cut off'],
  ])('%s is refused: %s', svg => expect(() => parseOutline(svg)).toThrow('it is not an outline'));

  test('without an outline the frame holds every place', () => {
    const places = [
      { latitude: 10, longitude: 105 },
      { latitude: 10.5, longitude: 105.2 },
    ];
    const frame = frameAround(places);
    for (const { x, y } of places.map(place => project(frame, place)))
      expect(x > 0 && x < frame.widthPx && y > 0 && y < frame.heightPx).toBe(true);
  });

  /** The box of a path that continues in steps, as those of the shipped outlines do. */
  function boxOf(d: string): Readonly<Record<'west' | 'east' | 'south' | 'north', number>> {
    const box = { west: Infinity, east: -Infinity, south: Infinity, north: -Infinity };
    for (const ring of d.split('z').filter(Boolean)) {
      const steps = [...ring.matchAll(/-?\d+/g)].map(Number);
      let [x, y] = [0, 0];
      for (let index = 0; index < steps.length; index += 2) {
        [x, y] = [x + (steps[index] ?? 0), y + (steps[index + 1] ?? 0)];
        Object.assign(box, {
          west: Math.min(box.west, x),
          east: Math.max(box.east, x),
          south: Math.min(box.south, y),
          north: Math.max(box.north, y),
        });
      }
    }
    return box;
  }
});

test.each([
  [
    ['Nút tổng hợp Ô Môn', 'Nút tổng hợp Cái Răng'],
    ['Ô Môn', 'Cái Răng'],
  ],
  [
    ['Nút', 'Nút B'],
    ['Nút', 'Nút B'],
  ],
  [
    ['A', 'B'],
    ['A', 'B'],
  ],
  [['Nút A'], ['Nút A']],
  [[], []],
])('%j are short as %j', (names, short) => expect(shortNames(names)).toEqual(short));

test('words are wrapped, never lost', () =>
  fc.assert(
    fc.property(
      fc.array(fc.stringMatching(/^[a-zô]{1,20}$/), { minLength: 1 }),
      fc.integer({ min: 1, max: 300 }),
      (words, width) => wrapped(words.join(' '), 11, width).join(' ') === words.join(' '),
    ),
  ));
