/** How long a city's templates take, with every pack that they are held against, and how large they become. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cost, inFolder } from './design.js';
import { type FigureName, type Measured, median, worst } from './figures.js';

const LARGE = 1000;
const LARGEST = 10_000;

interface Synthesis {
  readonly cpuSeconds: number;
  readonly sizes: readonly number[];
}

export async function measureSynthesis(runs: number, note: (text: string) => void): Promise<Partial<Record<FigureName, Measured>>> {
  if (runs === 0) return {};
  note('synthesis of the shipped city');
  const shipped = await synthesise('can-tho-2022', runs);
  note(`synthesis of ${LARGE} endpoints`);
  const large = await inFolder(LARGE, folder => synthesise(folder, runs));
  note(`synthesis of ${LARGEST} endpoints`);
  const largest = await inFolder(LARGEST, folder => synthesise(folder, 1));
  return {
    'synth-aws-2022': median(shipped.map(({ cpuSeconds }) => cpuSeconds)),
    'synth-aws-1000': median(large.map(({ cpuSeconds }) => cpuSeconds)),
    'aws-largest-stack': worst(largest.flatMap(({ sizes }) => sizes)),
  };
}

async function synthesise(inventory: string, runs: number): Promise<readonly Synthesis[]> {
  const found: Synthesis[] = [];
  for (let run = 0; run < runs; run++) found.push(await once(inventory));
  return found;
}

async function once(inventory: string): Promise<Synthesis> {
  const outdir = mkdtempSync(join(tmpdir(), 'citydc-synthesis-'));
  try {
    const { cost: spent, stdout } = await cost('synth-aws', inventory, '-c', 'account=111122223333', '--out', outdir);
    const { stacks } = JSON.parse(stdout) as { readonly stacks: readonly { readonly resources: number }[] };
    return { cpuSeconds: spent.cpuSeconds, sizes: stacks.map(({ resources }) => resources) };
  } finally {
    rmSync(outdir, { recursive: true });
  }
}
