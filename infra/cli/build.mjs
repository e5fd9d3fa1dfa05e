// Bundles the command, the keepers and the agents into dist/, and links `citydc` into node_modules/.bin, where npx finds it.
// Plain JavaScript: it runs before anything of ours is built.

import { existsSync } from 'node:fs';
import { chmod, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const dist = join(root, 'dist');
// pg and others are CommonJS and call require(): an ES module bundle needs one.
const banner = { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" };
/** Entry points below agents/, by the name of their bundle. Hosts run these as they are … */
const AGENTS = {
  announcer: 'announcer/main.ts',
  'canary-server': 'canary/server/main.ts',
  'canary-client': 'canary/client/main.ts',
  ward: 'ward/main.ts',
  'ward-equipment': 'ward/collectors/main.ts',
  reflector: 'reflector/main.ts',
  notices: 'notices/main.ts',
  sentinel: 'sentinel/main.ts',
};
/** … and these are passed to a host's Node by another program of ours, as modules. */
const MODULES = { 'lay-ready': 'lay-ready/main.ts', prober: 'prober/main.ts' };

const shared = { absWorkingDir: root, bundle: true, platform: 'node', format: 'esm', banner, logLevel: 'warning', legalComments: 'none' };

/** The operator's side: several entries that share chunks, so that a command loads only what it uses. */
const operator = {
  ...shared,
  target: 'node20.19',
  mainFields: ['module', 'main'],
  splitting: true,
  sourcemap: true,
  outdir: dist,
  chunkNames: 'chunks/[name]-[hash]',
  // Too large to bundle, and full of files of their own: read from node_modules when a city goes to Docker hosts or to AWS.
  external: ['aws-cdk-lib', '@aws-cdk/*', 'cdk-nag', 'cdktf', '@cdktf/*', 'constructs'],
  entryPoints: {
    citydc: 'infra/cli/main.ts',
    keeper: 'infra/lab/keeper/main.ts',
    'docker-keeper': 'infra/docker/keeper/main.ts',
    stack: 'infra/docker/stack/main.ts',
  },
};

/** What runs inside hosts: one file each, for Debian's Node 18 and later. */
const agents = {
  ...shared,
  target: 'node18.19',
  minify: true,
  external: ['pg-native'],
  // An ES module's imports are loaded at the start of the bundle, a CommonJS one's when it is first used.
  alias: { 'node-cron': join(root, 'node_modules', 'node-cron', 'dist', 'node-cron.cjs') },
};
const entriesOf = programs => Object.fromEntries(Object.entries(programs).map(([name, path]) => [name, `agents/${path}`]));

/** CommonJS where a file is run as it is: an ES module takes Node 60 ms longer to start. */
function buildAgents(outdir) {
  return Promise.all([
    build({ ...agents, format: 'cjs', banner: {}, outdir, outExtension: { '.js': '.cjs' }, entryPoints: entriesOf(AGENTS) }),
    build({ ...agents, outdir, outExtension: { '.js': '.mjs' }, entryPoints: entriesOf(MODULES) }),
  ]);
}

/** Measures the product; built only for `npm run bench`. */
const bench = { ...operator, splitting: false, entryPoints: { bench: 'test/bench/main.ts' } };

if (process.argv[2] === 'bench') {
  await build(bench);
  process.exit(0);
}
// `agents FOLDER`: the agents alone, for their tests.
if (process.argv[2] === 'agents') {
  await buildAgents(process.argv[3]);
  process.exit(0);
}
for (const folder of ['chunks', 'agents']) await rm(join(dist, folder), { recursive: true, force: true });
await mkdir(join(dist, 'agents'), { recursive: true });
await Promise.all([build(operator), buildAgents(join(dist, 'agents'))]);
await linkCommand();
// Sources newer than this mark make npm's commands build again.
await writeFile(join(dist, '.built'), '');

async function linkCommand() {
  const command = join(dist, 'citydc.js');
  await chmod(command, 0o755);
  const bin = join(root, 'node_modules', '.bin');
  if (!existsSync(bin) || process.platform === 'win32') return; // npm makes its own shim there
  const link = join(bin, 'citydc');
  await rm(link, { force: true });
  await symlink(relative(bin, command), link);
  // The Node of the hosts comes as a package that installs a command `node`: npm's scripts shall use the operator's instead.
  await rm(join(bin, 'node'), { force: true });
}
