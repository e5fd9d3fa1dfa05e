import { describe, expect, test } from 'vitest';
import { sourceName } from '../../dashboards/wall/source.js';
import { LANGUAGES } from '../../infra/city/identity.js';
import { toyCity } from '../city/toy.js';
import { canTho } from '../site/cities.js';
import { labelsOf, mistakesOf } from './promql.js';
import { panelsOf, type WallPanel, wallOf, wallQueries } from './walls.js';

const [vi, en] = [panelsOf(canTho, 'vi'), panelsOf(canTho, 'en')];
const COLUMNS = 24;
/** 1080 pixels less the bar with the choice of the site; a row is 30 pixels and 8 between. */
const ROWS_ON_SCREEN = 26;

describe.each(LANGUAGES)('the wall in %s', language => {
  const dashboard = wallOf(canTho, language);
  const panels = panelsOf(canTho, language);

  test('has its permanent name, the clock of the city, and looks again every five seconds', () =>
    expect(dashboard).toMatchObject({
      uid: `citydc-wall-${language}`,
      timezone: 'Asia/Ho_Chi_Minh',
      refresh: '5s',
      time: { from: 'now-1h', to: 'now' },
      editable: false,
    }));

  test('is seen through the site of choice', () => {
    const [{ name, type, query, regex, current }] = dashboard.templating.list;
    expect({ name, type, query }).toEqual({ name: 'source', type: 'datasource', query: 'prometheus' });
    expect(current).toMatchObject({ value: 'prometheus-s1' });
    const pattern = new RegExp(regex.slice(1, -1));
    for (const site of canTho.sites) expect(sourceName(site)).toMatch(pattern);
    for (const panel of panels) expect(panel.datasource.uid).toBe(`\${source}`);
  });

  test.each(panels)('$id $title says what it is, its unit, and what nothing means', panel => {
    expect(panel.title).not.toBe('');
    expect(panel.description.length).toBeGreaterThan(20);
    expect(panel.fieldConfig.defaults.unit).toBeDefined();
    expect(panel.fieldConfig.defaults.noValue).toMatch(/^\D{5,}/);
    expect(panel.targets.map(({ refId }) => refId)).toEqual([...'ABCDEFGH'].slice(0, panel.targets.length));
  });

  test.each(panels)('$id $title is not green, and not a number, without data', panel => {
    expect(thresholdsOf(panel).length > 0).toBe(panel.type !== 'timeseries');
    for (const steps of thresholdsOf(panel)) expect(steps[0]).toEqual({ value: null, color: 'purple' });
  });

  test.each(panels)('$id $title shows labels that its queries have, and all of them', panel => {
    const { format } = panel.targets[0] ?? {};
    if (format === 'table') {
      expect(fieldsShown(panel)).toEqual(fieldsAnswered(panel));
      for (const { properties } of panel.fieldConfig.overrides) expect(properties).toContainEqual({ id: 'noValue', value: '–' });
    }
    for (const { legendFormat, expr } of panel.targets) {
      const shown = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label);
      expect(shown.filter(label => !labelsOf(expr).has(label ?? ''))).toEqual([]);
      if (format !== 'table') expect(legendFormat).not.toBe('');
    }
  });
});

/** Of the panel and of every override. */
const thresholdsOf = ({ fieldConfig: { defaults, overrides } }: WallPanel) => [
  ...(defaults.thresholds === undefined ? [] : [defaults.thresholds.steps]),
  ...overrides.flatMap(({ properties }) =>
    properties.filter(({ id }) => id === 'thresholds').map(({ value }) => (value as { steps: readonly unknown[] }).steps),
  ),
];

/** Columns and hidden fields of a table; Grafana names the value of a sole query `Value`, of several `Value #A` and so on. */
function fieldsShown({ transformations }: WallPanel): ReadonlySet<string> {
  const options = transformations?.find(({ id }) => id === 'organize')?.options as Record<'excludeByName' | 'renameByName', object>;
  return new Set([...Object.keys(options.excludeByName), ...Object.keys(options.renameByName)]);
}
function fieldsAnswered({ targets }: WallPanel): ReadonlySet<string> {
  const values = targets.length === 1 ? ['Value'] : targets.map(({ refId }) => `Value #${refId}`);
  return new Set(['Time', ...values, ...targets.flatMap(({ expr }) => [...labelsOf(expr)])]);
}

test('panels have numbers of their own, lie within the grid, and do not cover each other', () => {
  const taken = new Map<string, number>();
  for (const { id, gridPos } of vi)
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
        expect(taken.get(`${x},${y}`), `panels at ${x},${y}`).toBeUndefined();
        expect(x).toBeLessThan(COLUMNS);
        taken.set(`${x},${y}`, id);
      }
  expect(new Set(vi.map(({ id }) => id)).size).toBe(vi.length);
});

test('all but the two lists fits one screen, without a hole', () => {
  const onScreen = vi.filter(({ gridPos }) => gridPos.y + gridPos.h <= ROWS_ON_SCREEN);
  expect(vi.length - onScreen.length).toBe(2);
  expect(onScreen.reduce((sum, { gridPos }) => sum + gridPos.w * gridPos.h, 0)).toBe(COLUMNS * ROWS_ON_SCREEN);
});

test('the languages have the same panels at the same places with the same queries, in other words', () => {
  const essence = ({ id, type, gridPos, targets }: WallPanel) => ({ id, type, gridPos, queries: targets.map(({ expr }) => expr) });
  expect(en.map(essence)).toEqual(vi.map(essence));
  for (const [index, { title, description }] of vi.entries()) {
    expect(title).not.toBe(en[index]?.title);
    expect(description).not.toBe(en[index]?.description);
  }
});

test.each(wallQueries(canTho))('panel $panel $refId is PromQL over the table of metrics', ({ expression }) =>
  expect(mistakesOf(expression)).toEqual([]),
);

test('a city without offices, systems or monitors has a wall, too', () => {
  const bare = toyCity({ endpoints: [], systems: [], links: [], sites: [] });
  expect(wallQueries(bare).map(({ expression }) => expression)).toEqual(wallQueries(canTho).map(({ expression }) => expression));
});
