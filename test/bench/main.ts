/** `npm run bench`: prints a JSON row per figure. Takes the city of this checkout down and up again. */

import { execFileSync } from 'node:child_process';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { succeed } from '../lab/citydc.js';
import { measureDesign } from './design.js';
import { measureDocker } from './docker.js';
import { measureSiteLoss, measureSlowly } from './drills.js';
import { measureEyes } from './eyes.js';
import { type FigureName, type Measured, median, rowsOf } from './figures.js';
import { measureIdle, measureLab, quietMachine } from './lab.js';
import { measureSynthesis } from './synthesis.js';

type Figures = Partial<Record<FigureName, Measured>>;

/** How often each part is measured unless something else is said; 0 leaves it out. Tools are left out unless they are named. */
const PARTS = {
  checks: { default: '3', help: 'the command: check, --help; of a whole country, too' },
  synths: { default: '3', help: 'the templates for AWS' },
  ups: { default: '3', help: 'the lab up, up again, down, each beside its floor' },
  idles: { default: '1', help: 'a minute of an idle city, by program' },
  drills: { default: '10', help: 'the loss of a site; the first right after `up`' },
  cuts: { default: '5', help: 'a cut line, until its notification; and what watching costs' },
  dockers: { default: '3', help: 'the city on a Docker host of its own' },
} as const;
const TOOLS = {
  'slow-machine': 'TOOL COMMAND... slows all hosts of the lab while a command runs: a first drill under it',
  'fresh-machine': 'TOOL CHECKOUT COMMAND runs a command in a clone on a pristine machine: a first `npm start` there',
} as const;

const help = (): string =>
  [
    'npm run bench [-- OPTION ...]: a JSON row for every figure; what is left out is `not-run`.',
    'Alone: every other part at 0, as `npm run bench -- --checks 0 --synths 0 --idles 0 --drills 0 --cuts 0 --dockers 0` for the ups.',
    '',
    ...Object.entries(PARTS).map(([name, part]) => `  --${`${name} N`.padEnd(21)} ${part.help} (${part.default} times)`),
    ...Object.entries(TOOLS).map(([name, words]) => `  --${`${name} TOOL`.padEnd(21)} ${words}`),
  ].join('\n');

const { values: options } = parseArgs({
  options: {
    ...mapped(PARTS, part => ({ type: 'string' as const, default: part.default })),
    ...mapped(TOOLS, () => ({ type: 'string' as const })),
    help: { type: 'boolean' },
  },
});
if (options.help === true) console.log(help());
else await measure();

function mapped<const T extends object, V>(table: T, of: (value: T[keyof T]) => V): { [name in keyof T]: V } {
  return Object.fromEntries(Object.entries(table).map(([name, value]) => [name, of(value)])) as { [name in keyof T]: V };
}

async function measure(): Promise<void> {
  const loadBefore = loadavg();
  const measured: Figures = {
    ...(await measureDesign(Number(options.checks), note)),
    ...(await measureSynthesis(Number(options.synths), note)),
    ...(await measureLab(Number(options.ups), note)),
    ...(await measureIdle(Number(options.idles), note)),
    ...(await measureSiteLoss(Number(options.drills), note)),
    ...(await measureSlowly(options['slow-machine'], note)),
    ...(await measureEyes(Number(options.cuts), note)),
    ...(await measureOnDocker(Number(options.dockers))),
    ...(await measureFirstStart(options['fresh-machine'])),
  };
  const load = { before: loadBefore, after: loadavg() };
  console.log(JSON.stringify({ schema: 1, node: process.version, load, rows: rowsOf(measured) }, undefined, 1));
}

async function measureOnDocker(runs: number): Promise<Figures> {
  if (runs > 0) await succeed('down');
  return measureDocker(runs, quietMachine, note);
}

async function measureFirstStart(freshMachine: string | undefined): Promise<Figures> {
  if (freshMachine === undefined) return {};
  await succeed('down');
  await quietMachine();
  note('npm start on a fresh machine');
  // Timed inside: making the pristine machine is not part of it.
  const script = 'start=$(date +%s.%N); npm start >&2 && echo "$start $(date +%s.%N)"';
  const output = execFileSync(freshMachine, ['.', 'bash', '-c', script], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  const [start = Number.NaN, end = Number.NaN] = (output.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
  return { 'first-start-on-a-fresh-machine': median([end - start]) };
}

function note(text: string): void {
  console.error(text);
}
