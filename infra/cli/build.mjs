// Bundles the command, the keeper and the agents into dist/, and puts `citydc` where npx looks first.
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
const AGENTS = {
  announcer: 'announcer',
  'canary-server': 'canary/server',
  'canary-client': 'canary/client',
  ward: 'ward',
  reflector: 'reflector',
  notices: 'notices',
  'lay-ready': 'lay-ready',
  prober: 'prober',
  sentinel: 'sentinel',
};

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

/** What runs inside hosts: one file each, for Debian's Node 18 and later. `node-cron` wants to know where it lies. */
const agents = {
  ...shared,
  banner: { js: `${banner.js} const __filename = new URL(import.meta.url).pathname;` },
  target: 'node18.19',
  minify: true,
  outdir: join(dist, 'agents'),
  outExtension: { '.js': '.mjs' },
  external: ['pg-native'],
  // An ES module's imports are loaded at the start of the bundle, a CommonJS one's when it is first used.
  alias: { 'node-cron': join(root, 'node_modules', 'node-cron', 'dist', 'node-cron.cjs') },
  entryPoints: Object.fromEntries(Object.entries(AGENTS).map(([name, folder]) => [name, `agents/${folder}/main.ts`])),
};

/** The agents; the ward agent carries the program that looks at the equipment as text, so that it is one file and only pays for it when it runs it. */
async function buildAgents(outdir) {
  const equipment = await build({ ...agents, entryPoints: ['agents/ward/collectors/main.ts'], write: false });
  await build({ ...agents, outdir, define: { EQUIPMENT_PROGRAM: JSON.stringify(equipment.outputFiles[0].text) } });
}

/** Measures the product; built only when it is asked for. */
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
await rm(join(dist, 'chunks'), { recursive: true, force: true });
await mkdir(join(dist, 'agents'), { recursive: true });
await Promise.all([build(operator), buildAgents(agents.outdir)]);
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
}
