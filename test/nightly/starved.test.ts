/** A machine that is starved: whatever a drill finds on it, it does not say that the city failed. */

import { type ChildProcess, spawn } from 'node:child_process';
import { cpus } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Judgement } from '../../runbooks/judge/judge.js';
import { citydc } from '../lab/citydc.js';
import { noLab } from '../lab/no-lab.js';

const SUITE = 'a starved machine';
/** They end by themselves, whatever becomes of the test. */
const MOST_SECONDS = 600;
const LOOP = `end=$(($(date +%s) + ${MOST_SECONDS})); while [ "$(date +%s)" -lt "$end" ]; do i=0; while [ $i -lt 100000 ]; do i=$((i + 1)); done; done`;

describe.skipIf(noLab(SUITE)).sequential(SUITE, () => {
  const loops: ChildProcess[] = [];
  beforeAll(() => {
    // Each in a session of its own: a kernel that groups processes by session weighs them one by one.
    for (let i = 0; i < 2 * cpus().length; i += 1) loops.push(spawn('sh', ['-c', LOOP], { detached: true, stdio: 'ignore' }));
  });
  afterAll(() => {
    for (const loop of loops) loop.kill('SIGKILL');
  });

  test('is reported by the drill, and no verdict is a failure', async () => {
    const { stdout, stderr } = await citydc(['drill', 'run', 'site-loss', '--json']);
    const judgement = JSON.parse(stdout) as Judgement;
    expect(['pass', 'inconclusive'], stderr.slice(-2000)).toContain(judgement.verdict);
  });
});
