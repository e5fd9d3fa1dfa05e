/** How long the command takes that needs no lab: its help, `check` for the shipped city and for a whole country's. */

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { largeInventory } from '../city/large-inventory.js';
import { CITYDC } from '../lab/citydc.js';
import { type FigureName, type Measured, median, worst } from './figures.js';
import { bareNode } from './floor.js';
import { spent } from './processor.js';

const COUNTRY = 10_600;
const FITTED = [100, 300, 1000, 3000, 10_000];

export interface Cost {
  readonly cpuSeconds: number;
  readonly memoryMb: number;
}

export async function measureDesign(runs: number, note: (text: string) => void): Promise<Partial<Record<FigureName, Measured>>> {
  if (runs === 0) return {};
  note('check of the shipped city');
  const shipped = await costs('can-tho-2022', runs);
  const by = async (...words: readonly [string, ...string[]]) => (await spent(...words)).seconds;
  const bare = await repeated(LIGHT_RUNS, bareNode);
  const checks = await repeated(LIGHT_RUNS, () => by('node_modules/.bin/citydc', 'check'));
  const helps = await repeated(LIGHT_RUNS, () => by('node_modules/.bin/citydc', '--help'));
  const floor = median(bare.map(({ seconds }) => seconds)).measured;
  note(`check of ${COUNTRY} endpoints`);
  const country = await costsOf(COUNTRY, runs);
  const points: [number, number][] = [];
  for (const offices of FITTED) {
    note(`check of ${offices} endpoints`);
    points.push([offices, median((await costsOf(offices, runs)).map(({ cpuSeconds }) => cpuSeconds)).measured]);
  }
  return {
    'check-2022': {
      ...median(shipped.map(({ cpuSeconds }) => cpuSeconds)),
      floor: median(bare.map(({ processorSeconds }) => processorSeconds)).measured,
    },
    'check-2022-wall': { ...median(checks), floor },
    help: { ...median(helps), floor },
    'check-country': median(country.map(({ cpuSeconds }) => cpuSeconds)),
    'check-country-memory': worst(country.map(({ memoryMb }) => memoryMb)),
    'check-exponent': { measured: slope(points.map(([x, y]) => [Math.log(x), Math.log(y)])), values: points.map(([, seconds]) => seconds) },
  };
}

/** What takes a fraction of a second is measured more often. */
const LIGHT_RUNS = 15;

async function repeated<T>(times: number, once: () => Promise<T>): Promise<readonly T[]> {
  const found: T[] = [];
  for (let run = 0; run < times; run++) found.push(await once());
  return found;
}

const costsOf = (offices: number, runs: number): Promise<readonly Cost[]> => inFolder(offices, folder => costs(folder, runs));

/** Does something with an inventory of so many offices, in a folder that is gone afterwards. */
export async function inFolder<T>(offices: number, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'citydc-bench-'));
  try {
    for (const [name, content] of Object.entries(largeInventory(offices).contents)) writeFileSync(join(folder, name), content ?? '');
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function costs(inventory: string, runs: number): Promise<readonly Cost[]> {
  const found: Cost[] = [];
  for (let run = 0; run < runs; run++) found.push((await cost('check', inventory)).cost);
  return found;
}

/** What the process says of itself at its end. */
const REPORT = `process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  process.stderr.write('\\ncost ' + JSON.stringify({ cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, memoryMb: maxRSS / 1024 }));
})`;

/** Runs a command on an inventory with `--json`. */
export function cost(
  command: string,
  inventory: string,
  ...words: readonly string[]
): Promise<{ readonly cost: Cost; readonly stdout: string }> {
  const hook = `--import=data:text/javascript,${encodeURIComponent(REPORT)}`;
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [hook, CITYDC, command, inventory, ...words, '--json'],
      { maxBuffer: 256 << 20 },
      (_error, stdout, stderr) => {
        const [, report] = /cost (\{.*\})$/.exec(stderr) ?? [];
        if (report === undefined) reject(new Error(`citydc ${command} ${inventory} said nothing of its cost:\n${stderr}`));
        else resolve({ cost: JSON.parse(report) as Cost, stdout });
      },
    );
  });
}

/** Least squares. */
function slope(points: readonly (readonly [number, number])[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(points.map(([a]) => a)), mean(points.map(([, b]) => b))];
  const over = points.reduce((sum, [a, b]) => sum + (a - x) * (b - y), 0);
  return over / points.reduce((sum, [a]) => sum + (a - x) ** 2, 0);
}
