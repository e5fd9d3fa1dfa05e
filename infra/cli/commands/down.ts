import type { Command } from 'commander';
import { refuseDuringDrill } from '../../../runbooks/lock.js';
import { down } from '../../lab/down.js';
import type { Context, ExitCode, Invoke } from '../command.js';
import { requireLab, stateOf } from '../place.js';

export const configure = (command: Command, invoke: Invoke): void => void command.action(invoke(run));

async function run(context: Context): Promise<ExitCode> {
  requireLab(context, 'down');
  const { output } = context;
  context.interrupted(); // taking down half a city helps nobody: Ctrl-C lets it finish, which takes seconds
  const state = stateOf(context);
  await refuseDuringDrill(state.drills);
  const removed = await down(state, (what, done, of) => output.progress(`${what} ${done}/${of}`));
  output.result({ schema: 1, removed }, removed ? 'the city is down; image, secrets and drill evidence are kept' : 'no city was up');
  return 0;
}
