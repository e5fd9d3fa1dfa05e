/** The agent as a process: its configuration, its signals, its end. */

import { join } from 'node:path';
import { roundApart } from './collectors/apart.js';
import type { CpuTimes } from './collectors/collector.js';
import { type ActiveConfiguration, activeConfiguration, type ConfigurationFiles, goodConfiguration } from './configuration.js';
import { openDisk } from './disk.js';
import { createLog } from './log.js';
import type { WardWorld } from './parts.js';
import { troubles } from './troubles.js';
import { startWard } from './ward.js';

export interface WardProcess {
  readonly configurationPath: string;
  readonly stateFolder: string;
  /** Path of the program that looks at the equipment. */
  readonly equipmentProgram: string;
  write(line: string): void;
  exit(code: number): never;
}

/** Runs until SIGTERM ends it, SIGHUP reads the configuration again. Exits 2 without any good configuration. */
export async function run({ configurationPath, stateFolder, equipmentProgram, write, exit }: WardProcess): Promise<void> {
  process.on('SIGTERM', () => exit(0));
  const world = worldOf(equipmentProgram, write, exit);
  const files = { path: configurationPath, lastGoodPath: join(stateFolder, 'configuration.json') };
  const active = await activeConfiguration(files, world.disk, world.log);
  if (active === undefined) return exit(2);
  keepRunning(active, files, world);
}

function worldOf(equipmentProgram: string, write: WardProcess['write'], exit: WardProcess['exit']): WardWorld {
  const nowMs = (): number => performance.now();
  const log = createLog(write, nowMs);
  const bug = (error: unknown): void => {
    log('error', `bug: ${(error as Error).stack ?? error}`);
    exit(1);
  };
  process.on('unhandledRejection', bug);
  const round = (cpuBefore: CpuTimes | undefined) => roundApart(equipmentProgram, cpuBefore);
  return { nowMs, wallMs: Date.now, log, report: troubles(log), disk: openDisk(log), sent: new Map(), round, bug };
}

function keepRunning({ configuration, valid }: ActiveConfiguration, files: ConfigurationFiles, world: WardWorld): void {
  let ward = startWard(configuration, world);
  ward.configurationIs(valid);
  world.log('info', `measuring for ${configuration.endpoint}${valid ? '' : ', with the last good configuration'}`);
  process.on('SIGHUP', async () => {
    const changed = await goodConfiguration(files, world.disk, world.log);
    if (changed === undefined) return ward.configurationIs(false);
    ward.stop();
    ward = startWard(changed, world);
    ward.configurationIs(true);
    world.log('info', `measuring for ${changed.endpoint}, by a configuration that was read again`);
  });
}
