/** How long the whole city takes on a Docker host of the bench's own: to be made, to be looked over, to be taken away. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stackFolder } from '../../infra/docker/deploy/stack.js';
import { findTerraform, plan, type ResourceChanges } from '../../infra/docker/deploy/terraform.js';
import { dockerState } from '../../infra/docker/state-folder.js';
import { type CityOnDocker, cityOnDocker } from '../docker/city-on-docker.js';
import { findDocker } from '../docker/found.js';
import { dockerInventory } from '../docker/inventory.js';
import { type FigureName, type Measured, median, timed, worst } from './figures.js';

type Figures = Partial<Record<FigureName, Measured>>;

interface Applied {
  readonly seconds: { readonly synthesis: number; readonly image: number; readonly apply: number; readonly steady: number };
}

/** Each run on a Docker daemon without anything but the image. Skipped, with its reason, where a machine lacks Docker, terraform or its plug-in. */
export async function measureDocker(runs: number, quiet: () => Promise<void>, note: (text: string) => void): Promise<Figures> {
  if (runs === 0) return {};
  const found = await findDocker('.citydc');
  if ('missing' in found || found.standsIn !== '') {
    note(`not on Docker: ${'missing' in found ? found.missing : found.standsIn}`);
    return {};
  }
  const city = cityOnDocker('bench', found);
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
  const terraform = {
    program: await findTerraform(process.env.CITYDC_TERRAFORM, process.env.PATH),
    folder: stackFolder(dockerState(city.state).out),
  };
  let planned: ResourceChanges | undefined;
  const second = await timed(async () => {
    planned = await plan(terraform, { progress: () => {}, signal: new AbortController().signal });
  });
  const destroy = await timed(() => city.json('down', '--data'));
  return {
    synthesis: seconds.synthesis,
    up: seconds.apply + seconds.steady,
    plan: second,
    changes: Object.values(planned ?? { unknown: [''] }).flat().length,
    destroy,
  };
}
