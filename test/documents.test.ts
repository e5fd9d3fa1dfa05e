/** Every page of the repository leads somewhere: links, anchors and paths that it names exist. READMEs are there, and short. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const ROOMS = ['infra', 'agents', 'dashboards', 'runbooks'];
const README_LINES = 130;
const GLOSSARY_TERMS = 60;
const ROOM_LINES = { least: 10, most: 60 };
/** What people call a file in a sentence: `rules.ts`, `load/checks/`. A path from the root is recognised anywhere in the text. */
const NAMED_FILE = /`((?:[\w-]+\/)*(?:[\w-]+\/|[\w.-]+\.(?:ts|mjs|md|ya?ml|csv|svg)))`/g;
const NAMED_FROM_ROOT = /(?<![\w./~-])(?:(?:infra|agents|dashboards|runbooks|test)\/|\.ci\/)[\w./{},-]*[\w/}]/g;
/** They are made by commands, and not committed. */
const MADE = /^(dist|node_modules|cdk\.out|frr|out|secrets)\//;

const paths = [...ROOMS, 'test', '.ci'].flatMap(folder => [
  folder,
  ...readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map(path => `${folder}/${path}`),
]);
/** Rendered files and broken inventories are thousands, and no page names one by its end only. */
const nameable = paths.filter(path => !/^test\/(golden|errors)\//.test(path)).map(path => `/${path}`);
const pages = ['README.md', ...paths.filter(path => path.endsWith('.md'))];
const textOf = (page: string): string => readFileSync(join(ROOT, page), 'utf8');
const linesOf = (page: string): number => textOf(page).trimEnd().split('\n').length;

interface Link {
  readonly file: string;
  readonly anchor: string | undefined;
}

/** Relative links of a page, their files as paths from the root. */
function linksOf(page: string, text: string): readonly Link[] {
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target ?? '');
  return targets
    .filter(target => !/^[a-z]+:/.test(target))
    .map(target => {
      const [file = '', anchor] = target.split('#');
      return { file: file === '' ? page : normalize(join(dirname(page), file)), anchor };
    });
}

/** As GitHub makes them of headings. */
const anchorsOf = (text: string): readonly string[] =>
  [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );

const isBroken = ({ file, anchor }: Link): boolean =>
  !existsSync(join(ROOT, file)) || (anchor !== undefined && !anchorsOf(textOf(file)).includes(anchor));

/** What a page names and what is not there. */
function missingIn(page: string, text: string): readonly string[] {
  const fromRoot = [...text.matchAll(NAMED_FROM_ROOT)].flatMap(([path]) => expanded(path)).filter(path => !existsSync(join(ROOT, path)));
  const named = [...text.matchAll(NAMED_FILE)].map(([, path = '']) => path).filter(path => !MADE.test(path) && !isNear(page, path));
  return [...new Set([...fromRoot, ...named])];
}

/** `a/{b,c}.ts` → `a/b.ts`, `a/c.ts`. */
function expanded(path: string): readonly string[] {
  const [, before, choices, after] = /^(.*)\{(.*)\}(.*)$/.exec(path) ?? [];
  return choices === undefined ? [path] : choices.split(',').map(choice => `${before}${choice}${after}`);
}

/** A path may be given from the root, or from any folder at or below the page's own; a file alone from anywhere. */
function isNear(page: string, path: string): boolean {
  const suffix = path.replace(/\/$/, '');
  const home = dirname(page) === '.' || !path.includes('/') ? '' : `${dirname(page)}/`;
  return existsSync(join(ROOT, path)) || nameable.some(each => each.startsWith(`/${home}`) && each.endsWith(`/${suffix}`));
}

/** The first column of the table of moved rooms names what is no longer there. */
function withoutFormerPaths(text: string): string {
  const [before = '', moved = ''] = text.split(/^(?=## Where things were$)/m);
  return before + moved.replace(/^\|[^|\n]*\|/gm, '|');
}

const seconds = ROOMS.flatMap(room =>
  readdirSync(join(ROOT, room), { withFileTypes: true }).flatMap(entry => (entry.isDirectory() ? [`${room}/${entry.name}`] : [])),
);

test('every relative link leads to a file, and to a heading where it names one', () => {
  const broken = pages.flatMap(page =>
    linksOf(page, textOf(page))
      .filter(isBroken)
      .map(({ file, anchor = '' }) => `${page}: ${file}#${anchor}`),
  );
  expect(broken).toEqual([]);
});

test('every file and folder that a page names is there', () => {
  const missing = pages.flatMap(page => missingIn(page, withoutFormerPaths(textOf(page))).map(path => `${page}: ${path}`));
  expect(missing).toEqual([]);
});

test('a folder of the second level has a README, and each is read in a minute', () => {
  const { least, most } = ROOM_LINES;
  const wrong = [...ROOMS, ...seconds].flatMap(folder => {
    const page = `${folder}/README.md`;
    if (!existsSync(join(ROOT, page))) return [`${page} is missing`];
    return ROOMS.includes(folder) || (linesOf(page) >= least && linesOf(page) <= most) ? [] : [`${page} has ${linesOf(page)} lines`];
  });
  expect(wrong).toEqual([]);
  expect(linesOf('README.md')).toBeLessThanOrEqual(README_LINES);
});

test('the glossary has at most 60 terms, in order, each once', () => {
  const [, glossary = ''] = textOf('infra/README.md').split(/^## Glossary$|^## Where things were$/m);
  const terms = [...glossary.matchAll(/^\| ([^|]+) \|/gm)].map(([, term = '']) => term).filter(term => !/^(term|-+)$/.test(term));
  expect(terms.length).toBeGreaterThan(40);
  expect(terms.length).toBeLessThanOrEqual(GLOSSARY_TERMS);
  expect(terms).toEqual([...new Set(terms)].toSorted((a, b) => a.localeCompare(b, 'en')));
});

test('what leads nowhere is found', () => {
  const text =
    'See [a](b.md#none), [c](infra/nowhere.ts), `nowhere.ts`, `infra/city/{model,nowhere}.ts`, `model.ts`, [d](#here).\n## Here\n';
  expect(linksOf('README.md', text)).toHaveLength(3);
  expect(linksOf('README.md', text).slice(0, 2).every(isBroken)).toBe(true);
  expect(anchorsOf(text)).toEqual(['here']);
  expect(missingIn('README.md', text)).toEqual(['infra/nowhere.ts', 'infra/city/nowhere.ts', 'nowhere.ts']);
  expect(withoutFormerPaths('| kept |\n## Where things were\n| gone | here |\n')).toBe('| kept |\n## Where things were\n| here |\n');
});
