import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { grafanaFiles } from '../../dashboards/grafana.js';
import { siteOf } from '../../infra/city/model.js';
import { canTho, smallCity } from '../site/cities.js';
import { committed, GOLDEN } from '../site/golden.js';
import type { WallPanel } from './walls.js';

const FOLDER = join(GOLDEN, 'grafana');
const before = committed(FOLDER);

const sources = (['primary', 'backup'] as const).flatMap(role => {
  const site = siteOf(smallCity, role);
  return site === undefined ? [] : [{ site, url: `http://${role}.example:9090` }];
});
const files = grafanaFiles(smallCity, sources);
const contentOf = (path: string): string => files.find(file => file.path === path)?.content ?? '';

/** Provisioning files are committed whole, of a dashboard what people read of it, and a digest of the file. */
const goldens = new Map(
  files.map(({ path, content }) => (path.endsWith('.json') ? [path.replace(/json$/, 'txt'), readable(content)] : [path, content])),
);

function readable(content: string): string {
  const { title, description, panels }: Pick<WallPanel, 'title' | 'description'> & { readonly panels: readonly WallPanel[] } =
    JSON.parse(content);
  const digest = createHash('sha256').update(content).digest('hex').slice(0, 16);
  return `${title}  ${digest}\n  ${description}\n${panels.map(linesOf).join('')}`;
}
function linesOf({ id, type, title, description, gridPos: { x, y, w, h }, fieldConfig, targets }: WallPanel): string {
  const head = `${id} ${title}  ${type} ${w}x${h} at ${x},${y}  ${fieldConfig.defaults.unit}`;
  const queries = targets.map(({ refId, expr, legendFormat }) => `${refId} ${[expr, legendFormat].filter(Boolean).join('  as ')}`);
  return `\n${[head, description, `without data: ${fieldConfig.defaults.noValue}`, ...queries].join('\n  ')}\n`;
}

test.each([...goldens])('%s is as committed', (path, text) => expect(text).toMatchFileSnapshot(join(FOLDER, path)));

test('nothing is committed that nothing renders', () => expect(before.filter(path => !goldens.has(path))).toEqual([]));

test('the same city gives the same bytes', () => expect(grafanaFiles(structuredClone(smallCity), sources)).toEqual(files));

test('one Prometheus a site, under permanent names', () => {
  const { datasources } = parse(contentOf('provisioning/datasources/citydc.yaml'));
  expect(datasources.map(({ uid, url, isDefault }: Record<string, unknown>) => ({ uid, url, isDefault }))).toEqual([
    { uid: 'prometheus-s1', url: 'http://primary.example:9090', isDefault: true },
    { uid: 'prometheus-s2', url: 'http://backup.example:9090', isDefault: false },
  ]);
});

test('dashboards lie beside the provisioning folder, wherever that is', () => {
  const { providers } = parse(contentOf('provisioning/dashboards/citydc.yaml'));
  const { path } = providers[0].options;
  expect(join(path.replace(`\${GF_PATHS_PROVISIONING}`, '/anywhere/provisioning'))).toBe('/anywhere/dashboards');
  expect(files.filter(file => file.path.startsWith('dashboards/'))).toHaveLength(2);
});

test('no text of ours is one that Grafana would expand', () => {
  const names = [canTho.name, ...canTho.sites.map(({ name }) => name)].flatMap(({ vi, en }) => [vi, en]);
  expect(names.filter(name => name.includes('$'))).toEqual([]);
});
