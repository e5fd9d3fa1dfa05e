/** What this machine takes for what no code of ours can make faster: the measure of everything else in a run. */

import { spawnSync } from 'node:child_process';

const STARTS = 7;

/** Seconds of a bare start of Node: the median of a few, one after the other. */
export function floorSeconds(): number {
  const took = Array.from({ length: STARTS }, bareStart).toSorted((a, b) => a - b);
  return took[Math.floor(STARTS / 2)] ?? 0;
}

function bareStart(): number {
  const startedMs = performance.now();
  const { status, error } = spawnSync(process.execPath, ['-e', '0']);
  if (status !== 0) throw new Error('a bare Node does not start', { cause: error });
  return (performance.now() - startedMs) / 1000;
}
