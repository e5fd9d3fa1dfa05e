import type { Command } from 'commander';
import { refuseDuringDrill } from '../../fabric/locks/drill.js';
import type { Context, ExitCode, Invoke } from '../command.js';
import { dockerStateOf, drillsFolderOf, stateOf } from '../place.js';

export const configure = (command: Command, invoke: Invoke): void =>
  void command
    .option('--data', 'docker: take the volumes with data away, too')
    .addHelpText('after', '\n  citydc --fabric docker down --data')
    .action(invoke(run));

interface Options {
  readonly data?: boolean;
}

async function run(context: Context, { data = false }: Options): Promise<ExitCode> {
  await refuseDuringDrill(drillsFolderOf(context));
  return context.fabric === 'docker' ? fromDocker(context, data) : fromLab(context);
}

async function fromLab(context: Context): Promise<ExitCode> {
  const { down } = await import('../../lab/down.js');
  const { output } = context;
  context.interrupted(); // taking down half a city helps nobody: Ctrl-C lets it finish, which takes seconds
  const removed = await down(stateOf(context), (what, done, of) => output.progress(`${what} ${done}/${of}`));
  output.result({ schema: 1, removed }, removed ? 'the city is down; image, secrets and drill evidence are kept' : 'no city was up');
  return 0;
}

async function fromDocker(context: Context, data: boolean): Promise<ExitCode> {
  const [{ down }, { certificatesIn }, { clientOf }, { installedBundle }] = await Promise.all([
    import('../../docker/deploy/down.js'),
    import('../../docker/deploy/terraform.js'),
    import('../running/docker.js'),
    import('../stack-source.js'),
  ]);
  const { output, env } = context;
  const kept = await down({
    state: dockerStateOf(context),
    client: clientOf(context),
    terraform: env.CITYDC_TERRAFORM,
    certificates: certificatesIn(env),
    plugins: installedBundle()?.plugins,
    path: env.PATH,
    data,
    progress: (what, done, of) => output.progress(`${what} ${done}/${of}`),
    signal: context.interrupted(),
  });
  const volumes = kept.length === 0 ? '' : `${kept.length} volumes keep its data (\`down --data\` takes them, too); `;
  output.result({ schema: 1, kept }, `the city is down; ${volumes}image, secrets and drill evidence are kept`);
  return 0;
}
