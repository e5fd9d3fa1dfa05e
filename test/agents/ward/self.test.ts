import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { selfUse } from '../../../agents/ward/self.js';

test.skipIf(process.platform !== 'linux')('the processor time of what an agent ran is its own', () => {
  const before = selfUse().cpuSeconds;
  const busy = 'const end = process.cpuUsage(); while (process.cpuUsage(end).user < 300_000);';
  const own = process.cpuUsage();
  execFileSync(process.execPath, ['-e', busy]);
  const { user, system } = process.cpuUsage(own);
  expect(selfUse().cpuSeconds - before - (user + system) / 1e6).toBeGreaterThanOrEqual(0.28);
});
