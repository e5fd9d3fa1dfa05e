import { setTimeout as sleep } from 'node:timers/promises';
import type { Collect, CpuTimes, Information } from './collector.js';

/** The first round has nothing to compare with: it looks twice, so far apart. */
const FIRST_LOOK_MS = 1000;

/** Share of the processors' time in use since the last round. */
export const cpu: Collect = async ({ information, cpuBefore }) => {
  const now = await sinceLastCall(information);
  if (cpuBefore !== undefined) return { found: { cpuRatio: ratio(cpuBefore, now) }, cpu: now };
  await sleep(FIRST_LOOK_MS);
  const later = sum(now, await sinceLastCall(information));
  return { found: { cpuRatio: ratio(now, later) }, cpu: later };
};

/** systeminformation reports what has passed since its own last call; its first call in a process reports since the machine's start. */
async function sinceLastCall(information: Information): Promise<CpuTimes> {
  const { rawCurrentLoad, rawCurrentLoadIdle } = await information.currentLoad();
  return { busyMs: rawCurrentLoad, idleMs: rawCurrentLoadIdle };
}

const sum = (a: CpuTimes, b: CpuTimes): CpuTimes => ({ busyMs: a.busyMs + b.busyMs, idleMs: a.idleMs + b.idleMs });

function ratio(before: CpuTimes, after: CpuTimes): number {
  const busyMs = after.busyMs - before.busyMs;
  return busyMs / (busyMs + after.idleMs - before.idleMs);
}
