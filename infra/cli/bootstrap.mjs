// What `npm start`, `npm test` and the rest run first: packages installed and the program built, each only when needed.
// Plain JavaScript, and nothing but Node: on a fresh clone there is nothing else.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const LEAST_NODE = [20, 19];
const SOURCES = ['agents', 'dashboards', 'infra', 'runbooks'];

requireNode();
installPackages();
await buildProgram();
const [task = 'help', ...rest] = process.argv.slice(2);
process.exitCode = await run(task, rest);

async function run(task, words) {
  const citydc = join(root, 'dist', 'citydc.js');
  switch (task) {
    case 'start':
      return node(citydc, 'up', ...words);
    case 'test':
      return (
        (await node(bin('biome'), 'check', '.')) ||
        (await node(bin('typescript', 'tsc'))) ||
        (await node(bin('knip'))) ||
        (await node(bin('vitest'), 'run', ...words))
      );
    case 'bench':
      return (await node(join(root, 'infra', 'cli', 'build.mjs'), 'bench')) || (await node(join(root, 'dist', 'bench.js'), ...words));
    case 'synth':
      return node(join(root, 'dist', 'stack.js'), ...words);
    default:
      return node(citydc, task, ...words);
  }
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1])) return;
  fail(
    `Node ${LEAST_NODE.join('.')} or later is needed; this is ${process.versions.node}`,
    'install a newer Node and run the command again',
  );
}

/** `npm ci`, when the lock file is not the one that node_modules was made from. */
function installPackages() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const mark = join(root, 'node_modules', '.citydc-lock');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === lock) return;
  console.error('installing packages …');
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (npm.status !== 0)
    fail('the npm packages could not be installed', 'check that the npm registry can be reached, then run the command again');
  writeFileSync(mark, lock);
}

/** Builds when a source is newer than the last build. */
async function buildProgram() {
  const mark = join(root, 'dist', '.built');
  const builtAt = existsSync(mark) ? statSync(mark).mtimeMs : 0;
  if (SOURCES.every(folder => newest(join(root, folder)) <= builtAt) && statSync(join(root, 'package-lock.json')).mtimeMs <= builtAt)
    return;
  if ((await node(join(root, 'infra', 'cli', 'build.mjs'))) !== 0) fail('the program could not be built', 'see the messages above');
}

function newest(folder) {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  return Math.max(
    ...entries.filter(entry => entry.isFile()).map(entry => statSync(join(entry.parentPath ?? entry.path, entry.name)).mtimeMs),
  );
}

function bin(name, as = name) {
  const folder = join(root, 'node_modules', ...(name === 'biome' ? ['@biomejs', 'biome'] : [name]));
  const { bin: entry } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return join(folder, typeof entry === 'string' ? entry : entry[as]);
}

/** Runs a program to its end. It handles signals itself: Ctrl-C reaches it from the terminal, others are passed on. */
async function node(...words) {
  const child = spawn(process.execPath, words, { cwd: root, stdio: 'inherit' });
  const ignore = () => {};
  const handOn = signal => child.kill(signal);
  process.on('SIGINT', ignore).on('SIGTERM', handOn).on('SIGHUP', handOn);
  const [code] = await once(child, 'exit');
  process.off('SIGINT', ignore).off('SIGTERM', handOn).off('SIGHUP', handOn);
  return code ?? 3;
}

function fail(message, hint) {
  console.error(`error: ${message}\n  hint: ${hint}`);
  process.exit(3);
}
