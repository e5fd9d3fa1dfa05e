/**
 * Takes one round of all collectors, prints it as JSON and ends; its argument is the processors' times of the round before, as JSON.
 * It is a file of its own beside the agent: with systeminformation as a part of the agent, every start would be a sixth dearer.
 */

import type { CpuTimes } from './collector.js';
import { information } from './information.js';
import { takeRound } from './round.js';

void main(process.argv[2]);

async function main(known: string | undefined): Promise<void> {
  const before = known === undefined ? {} : { cpuBefore: JSON.parse(known) as CpuTimes };
  const round = await takeRound({ information, root: '/', ...before });
  // A tool that hangs must not keep it.
  process.stdout.write(JSON.stringify(round), () => process.exit(0));
}
