/**
 * Takes one round of all collectors, prints it as JSON and ends; its arguments are the processors' times of the round before, busy and idle ms.
 * It is a file of its own beside the agent: with systeminformation as a part of the agent, every start would be a sixth dearer.
 */

import { information } from './information.js';
import { takeRound } from './round.js';

void main(process.argv.slice(2).map(Number));

async function main([busyMs, idleMs]: readonly number[]): Promise<void> {
  const before = busyMs === undefined || idleMs === undefined ? {} : { cpuBefore: { busyMs, idleMs } };
  const round = await takeRound({ information, root: '/', ...before });
  // A tool that hangs must not keep it.
  process.stdout.write(JSON.stringify(round), () => process.exit(0));
}
