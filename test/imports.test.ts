import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/** The rooms of the tree and what each may import besides itself, arrows down only. A path is in the room of its longest prefix. */
const CITY = ['infra/city', 'agents/contract'] as const;
const SITE = ['infra/site', 'dashboards', ...CITY] as const;
const FABRIC = ['infra/fabric', 'infra/segmentation', ...SITE] as const;
const MAY_IMPORT = {
  'infra/city': ['agents/contract'],
  'agents/contract': [],
  dashboards: CITY,
  'infra/site': ['dashboards', ...CITY],
  'infra/segmentation': SITE,
  'dashboards/design': ['infra/segmentation', ...SITE],
  'infra/fabric': ['infra/segmentation', ...SITE],
  'infra/image': FABRIC,
  'infra/lab': ['infra/image', ...FABRIC],
  'infra/docker': ['infra/image', ...FABRIC],
  'infra/aws/plan': SITE,
  'infra/aws': ['infra/aws/plan', ...SITE],
  runbooks: FABRIC,
  'runbooks/handover': ['runbooks', 'infra/aws/plan', ...FABRIC],
  'infra/cli': [
    ...['runbooks', 'runbooks/handover', 'dashboards/design', 'infra/lab', 'infra/docker', 'infra/aws', 'infra/aws/plan', 'infra/image'],
    ...FABRIC,
  ],
  agents: ['agents/contract'],
} as const satisfies Record<string, readonly string[]>;
type Room = keyof typeof MAY_IMPORT;

/** Packages that only one room may know. */
const ONLY_IN = {
  cdktf: 'infra/docker/stack/',
  cdktn: 'infra/docker/stack/',
  'aws-cdk-lib': 'infra/aws/',
  '@aws-cdk/cloudformation-diff': 'infra/aws/drift/',
  'cdk-nag': 'infra/aws/policy/',
} as const satisfies Record<string, string>;

interface Import {
  readonly file: string;
  readonly target: string;
}

const files = ['infra', 'agents', 'dashboards', 'runbooks'].flatMap(folder => sourcesBelow(join(ROOT, folder)));
const sources = new Map(files.map(file => [relative(ROOT, file), stripComments(readFileSync(file, 'utf8'))]));
const imports = [...sources].flatMap(([file, text]) => importsOf(file, text));

function sourcesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : sourcesBelow(path);
    return /\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

function stripComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
}

/** Targets of ours as paths from the root, those of others as package names. */
function importsOf(file: string, text: string): readonly Import[] {
  const quoted = [...text.matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\(\s*)'([^'\n]+)'/g)].map(([, target]) => target ?? '');
  return quoted.map(target => ({ file, target: target.startsWith('.') ? relative(ROOT, resolve(ROOT, dirname(file), target)) : target }));
}

type Graph = ReadonlyMap<string, readonly string[]>;

/** What each file of ours imports of ours. */
const graph: Graph = new Map(
  [...sources.keys()].map(file => [
    file,
    imports.filter(each => each.file === file).flatMap(({ target }) => [target.replace(/\.js$/, '.ts')].filter(path => sources.has(path))),
  ]),
);

/** Every circle that a visit in depth comes back to, as `a -> b -> a`. */
function circlesIn(edges: Graph): readonly string[] {
  const seen = new Set<string>();
  const visit = (file: string, way: readonly string[]): readonly string[] => {
    if (way.includes(file)) return [[...way.slice(way.indexOf(file)), file].join(' -> ')];
    if (seen.has(file)) return [];
    seen.add(file);
    return (edges.get(file) ?? []).flatMap(next => visit(next, [...way, file]));
  };
  return [...edges.keys()].flatMap(file => visit(file, []));
}

function roomOf(path: string): Room | undefined {
  const rooms = (Object.keys(MAY_IMPORT) as Room[]).filter(room => path.startsWith(`${room}/`));
  return rooms.toSorted((a, b) => b.length - a.length)[0];
}

const packageOf = (target: string): string =>
  target
    .split('/')
    .slice(0, target.startsWith('@') ? 2 : 1)
    .join('/');

/** Programs under `agents/` are shipped one by one: each is a room of its own. */
const sameRoom = (file: string, target: string): boolean =>
  roomOf(file) === roomOf(target) && (roomOf(file) !== 'agents' || file.split('/')[1] === target.split('/')[1]);

test('there is something to look at', () => expect(imports.length).toBeGreaterThan(100));

test('every source file is in a room', () => expect([...sources.keys()].filter(file => roomOf(file) === undefined)).toEqual([]));

test('a file of more than 300 lines says in its first comment why', () => {
  const files = ['infra', 'agents', 'dashboards', 'runbooks', 'test'].flatMap(folder =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter(file => /\.(?:ts|mjs)$/.test(file))
      .map(file => ({ file: `${folder}/${file}`, text: readFileSync(join(ROOT, folder, file), 'utf8') })),
  );
  const long = files.filter(({ text }) => text.trimEnd().split('\n').length > 300);
  expect(long.filter(({ text }) => !/^\/\*\*(?:(?!\*\/)[\s\S])*Over 300 lines: /.test(text)).map(({ file }) => file)).toEqual([]);
  expect(long.length).toBeGreaterThan(0);
});

test('imports point down only', () => {
  const wrong = imports.filter(({ file, target }) => {
    const [from, to] = [roomOf(file), roomOf(target)];
    if (from === undefined || to === undefined || sameRoom(file, target)) return false;
    return from === to || !(MAY_IMPORT[from] as readonly string[]).includes(to);
  });
  expect(wrong.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
});

test('no file leads back to itself, not by its types either', () => expect(circlesIn(graph)).toEqual([]));

test('what rooms may import never leads back to them', () =>
  expect(circlesIn(new Map<string, readonly string[]>(Object.entries(MAY_IMPORT)))).toEqual([]));

test('a circle is found', () =>
  expect(
    circlesIn(
      new Map([
        ['a', ['b', 'c']],
        ['b', ['d']],
        ['c', ['d']],
        ['d', ['b']],
      ]),
    ),
  ).toEqual(['b -> d -> b']));

test('a package that belongs to one room stays there', () => {
  const wrong = imports.filter(({ file, target }) => {
    const only = new Map<string, string>(Object.entries(ONLY_IN)).get(packageOf(target));
    return only !== undefined && !file.startsWith(only);
  });
  expect(wrong.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
});

/** A command that works on a deployed city, or only asks what it would be, must not load the library. */
test('the plan for AWS imports neither the library nor the file system', () => {
  const wrong = imports.filter(
    ({ file, target }) => file.startsWith('infra/aws/plan/') && /^(node:|aws-cdk-lib|constructs|cdk-nag)/.test(target),
  );
  expect(wrong.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
});

/** An ES module that imports the whole of it loads every one of its parts: twice the time. */
test('of the library of AWS parts are imported, never the whole', () =>
  expect(imports.filter(({ target }) => target === 'aws-cdk-lib').map(({ file }) => file)).toEqual([]));

test('only one file knows the SDK of AWS, and commands load it when they need it', () => {
  const wrong = imports.filter(({ file, target }) => target.startsWith('@aws-sdk/') && !file.startsWith('runbooks/handover/sdk/'));
  expect(wrong.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
});

test('on AWS constructs know no inventory, and stacks are below the application only', () => {
  const layers = ['constructs', 'patterns', 'stacks'];
  const layerOf = (path: string) => layers.findIndex(layer => path.startsWith(`infra/aws/${layer}/`));
  const wrong = imports.filter(({ file, target }) => {
    const [from, to] = [layerOf(file), layerOf(target)];
    return (to > from && from !== -1) || (from === 0 && /^infra\/(city|site)\//.test(target));
  });
  expect(wrong.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
});

test('no command knows what runs its city: one table does, and bundles are for Docker hosts alone', () => {
  const wrong = imports.filter(({ file, target }) => file.startsWith('infra/cli/') && /^infra\/(lab|docker)\//.test(target));
  expect([...new Set(wrong.map(({ file }) => file))].toSorted()).toEqual(['infra/cli/commands/bundle.ts', 'infra/cli/realisations.ts']);
});

test('only main.ts prints, reads the environment and exits', () => {
  const forbidden = /\bprocess\.(exit|exitCode|env|stdout|stderr|argv)\b|\bconsole\.\w+/g;
  const wrong = [...sources]
    .filter(([file]) => !file.endsWith('/main.ts'))
    .flatMap(([file, text]) => (text.match(forbidden) ?? []).map(use => `${file} uses ${use}`));
  expect(wrong).toEqual([]);
});

test('the model is pure: only its reader touches the file system', () => {
  const wrong = imports.filter(
    ({ file, target }) => file.startsWith('infra/city/') && file !== 'infra/city/load/read.ts' && target.startsWith('node:'),
  );
  expect(wrong).toEqual([]);
});

test('a misplaced import is found', () => {
  const planted = importsOf(
    'infra/city/rules/x.ts',
    "import { a } from '../../site/host.js';\nconst b = await import('aws-cdk-lib/core');",
  );
  expect(planted).toEqual([
    { file: 'infra/city/rules/x.ts', target: 'infra/site/host.js' },
    { file: 'infra/city/rules/x.ts', target: 'aws-cdk-lib/core' },
  ]);
  expect(planted.map(({ target }) => packageOf(target))).toContain('aws-cdk-lib');
  expect(packageOf('@cdktf/provider-docker/lib/image')).toBe('@cdktf/provider-docker');
});

/** Files that a file leads to, by whatever import. */
function reached(from: string): ReadonlySet<string> {
  const found = new Set([from]);
  // A set hands out what is added while it is walked.
  for (const file of found)
    for (const { target } of imports.filter(each => each.file === file))
      if (target.endsWith('.js')) found.add(target.replace(/\.js$/, '.ts'));
  return found;
}

test.each(['infra/cli/main.ts', 'infra/lab/keeper/main.ts', 'infra/docker/keeper/main.ts'])(
  '%s never comes to the stack and its cdktf',
  entry => {
    const files = [...reached(entry)];
    expect(files.length).toBeGreaterThan(20);
    expect(files.filter(file => file.startsWith('infra/docker/stack/'))).toEqual([]);
  },
);
