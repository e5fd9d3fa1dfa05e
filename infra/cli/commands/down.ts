import type { Command } from 'commander';
import { refuseDuringDrill } from '../../fabric/locks/drill.js';
import type { Context, ExitCode, Invoke } from '../command.js';
import { realisationOf } from '../running-city.js';

export const configure = (command: Command, invoke: Invoke): void =>
  void command
    .option('--data', 'docker: also remove the volumes with data')
    .addHelpText('after', '\n  citydc --fabric docker down --data')
    .action(invoke(run));

interface Options {
  readonly data?: boolean;
}

async function run(context: Context, { data = false }: Options): Promise<ExitCode> {
  const realisation = await realisationOf(context);
  await refuseDuringDrill(realisation.drillsFolder);
  const { did, facts } = await realisation.down(data);
  context.output.result({ schema: 1, ...facts }, did);
  return 0;
}
