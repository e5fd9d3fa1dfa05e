/** How long the whole city takes on a Docker host of the bench's own: to be made, to be looked over, to be taken away. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CityOnDocker, cityOnDocker } from '../docker/city-on-docker.js';
import { findDocker } from '../docker/found.js';
import { dockerInventory } from '../docker/inventory.js';
import { type FigureName, type Measured, median, timed, worst } from './figures.js';

type Figures = Partial<Record<FigureName, Measured>>;

interface Applied {
  readonly changes: Readonly<Record<string, readonly string[]>>;
  readonly seconds: { readonly synthesis: number; readonly image: number; readonly apply: number; readonly steady: number };
}

/** Each run on a Docker daemon without anything but the image. Skipped, with its reason, where a machine lacks Docker, terraform or its plug-in. */
export async function measureDocker(runs: number, quiet: () => Promise<void>, note: (text: string) => void): Promise<Figures> {
  if (runs === 0) return {};
  const found = await findDocker('.citydc');
  if ('missing' in found) {
    note(`not on Docker: ${found.missing}`);
    return {};
  }
  const city = cityOnDocker('bench', found.debian);
  const folder = mkdtempSync(join(tmpdir(), 'citydc-bench-'));
  try {
    const { connect } = await city.engine('host');
    const inventory = dockerInventory(folder, [{ key: 'one', connect, underlay: '172.30.0.0/16', sites: [1, 2, 3] }]);
    const measured: Run[] = [];
    for (let run = 1; run <= runs; run++) {
      note(`the whole city on Docker ${run}/${runs}`);
      await quiet();
      measured.push(await once(city, inventory));
    }
    return {
      'docker-synthesis': median(measured.map(({ synthesis }) => synthesis)),
      'docker-up-to-steady-state': median(measured.map(({ up }) => up)),
      'docker-second-plan': median(measured.map(({ plan }) => plan)),
      'docker-second-plan-changes': worst(measured.map(({ changes }) => changes)),
      'docker-destroy': median(measured.map(({ destroy }) => destroy)),
    };
  } finally {
    await city.end();
    rmSync(folder, { recursive: true });
  }
}

interface Run {
  readonly synthesis: number;
  readonly up: number;
  readonly plan: number;
  readonly changes: number;
  readonly destroy: number;
}

async function once(city: CityOnDocker, inventory: string): Promise<Run> {
  const { seconds } = await city.json<Applied>('up', inventory);
  const stack = join(city.state, 'docker', 'cdktf.out', 'stacks', 'city');
  // 0: nothing would change; 2: something would. Each is an answer.
  const detailed = `terraform plan -input=false -parallelism=16 -detailed-exitcode > /dev/null || [ $? = 2 ]`;
  const plan = await timed(async () => execFileSync('sh', ['-ec', detailed], { cwd: stack, env: { ...process.env, ...city.environment } }));
  const again = await city.json<Applied>('up', inventory);
  const destroy = await timed(() => city.json('down', '--data'));
  return {
    synthesis: seconds.synthesis,
    up: seconds.apply + seconds.steady,
    plan,
    changes: Object.values(again.changes).flat().length,
    destroy,
  };
}
