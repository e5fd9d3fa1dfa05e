import { type Command, Option } from 'commander';
import type { Verb } from '../../../../runbooks/handover/handover.js';
import type { Invoke } from '../../command.js';
import { inventoryArgument } from '../../place.js';
import { run } from './run.js';
import { status } from './status.js';

const EXAMPLES = `
Without --execute nothing is changed: the plan is printed. A run that was killed is continued when it is started again.

Examples:
  citydc aws status --account 123456789012
  citydc aws failover --account 123456789012
  citydc aws failover --account 123456789012 --execute`;

export function configure(command: Command, invoke: Invoke): void {
  command.addHelpText('after', EXAMPLES);
  const add = (name: string, summary: string) =>
    command
      .command(name)
      .summary(summary)
      .description(`${summary}.`)
      .addArgument(inventoryArgument())
      .option('--account <digits>', "in place of the inventory's")
      .option('--endpoint <url>', "in place of AWS's own, as AWS_ENDPOINT_URL")
      .option(
        '--serving <site>',
        'the site that serves, when both databases take writes and no mark says which one; with --execute it gets the mark',
      )
      .addHelpText('after', `\nExample:\n  citydc aws ${name} can-tho-2022 --account 123456789012`);
  const acting = (name: Verb, summary: string) =>
    add(name, summary).addOption(new Option('--execute', 'do it; else only the plan is printed').default(false));

  add('status', 'the state of both sites: which database takes writes, who is admitted, where names resolve').action(invoke(status));
  acting('failover', 'fence the site that serves, promote the copy at the other, start its applications, switch DNS names over')
    .option('--to <site>', 'the site to take over (default: the backup)')
    .option(
      '--primary-unreachable',
      'the former site does not answer and cannot be fenced: what it still writes is your responsibility',
      false,
    )
    .option(...ACCEPT_UNFENCED)
    .option(...ACCEPT_LOSS)
    .action(invoke(run('failover')));
  acting('failback', 'the planned way back to the primary, with the same steps; its database must be a copy by then')
    .option(...ACCEPT_UNFENCED)
    .option(...ACCEPT_LOSS)
    .action(invoke(run('failback')));
  acting('rebuild', 'create a copy again at the former site; its former database is kept under another name').action(
    invoke(run('rebuild')),
  );
}

const ACCEPT_UNFENCED = [
  '--accept-unfenced',
  'the former database answers, but cannot be restarted (storage-full, incompatible-network …): what its open sessions still write is in it only, never in the copy',
  false,
] as const;
const ACCEPT_LOSS = [
  '--accept-loss',
  'do not wait until the copy has everything: what it has not received is in the former database only',
  false,
] as const;
