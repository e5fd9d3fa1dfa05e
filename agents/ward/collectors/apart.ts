/**
 * A round in a process of its own, which is gone afterwards: it cannot stall a probe, the memory that it took comes back, and what hangs
 * (a tool that asks broken hardware) is ended with it.
 */

import type { ChildProcess } from 'node:child_process';
import { jsonOf, own } from '../../contract/json.js';
import type { CpuTimes } from './collector.js';
import { failedRound, type Round } from './round.js';

/** Longer than all collectors' deadlines together. */
const ROUND_DEADLINE_MS = 45_000;
const ROUND_BYTES = 65_536;

/** What a process that runs the file `program` finds. Never throws. */
export async function roundApart(program: string, cpuBefore: CpuTimes | undefined): Promise<Round> {
  const { spawn } = await import('node:child_process');
  const known = cpuBefore === undefined ? [] : [`${cpuBefore.busyMs}`, `${cpuBefore.idleMs}`];
  // Detached: a process group of its own, so that it can be ended with everything that it started.
  const child = spawn(process.execPath, [program, ...known], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
  const end = (): void => endGroup(child);
  const timer = setTimeout(end, ROUND_DEADLINE_MS);
  process.once('exit', end);
  return roundFrom(child).finally(() => {
    clearTimeout(timer);
    process.off('exit', end);
    end();
  });
}

function roundFrom(child: ChildProcess): Promise<Round> {
  return new Promise(resolve => {
    let text = '';
    child.stdout?.setEncoding('utf8').on('data', (part: string) => {
      text = (text + part).slice(0, ROUND_BYTES);
    });
    child.on('error', error => resolve(failedRound(error.message)));
    child.on('exit', (code, signal) => {
      // What it left running may hold its output open: there is no more to wait for.
      setImmediate(() => resolve(jsonOf(own<Round>(), text) ?? failedRound(`collecting ended with ${signal ?? code}`)));
    });
  });
}

function endGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // No process is left in it.
  }
}
