import { type Command, Option } from 'commander';
import type { Verb } from '../../../../runbooks/handover/handover.js';
import type { Invoke } from '../../command.js';
import { inventoryArgument } from '../../place.js';
import { run } from './run.js';
import { status } from './status.js';

const EXAMPLES = `
Without --execute nothing is changed: the plan is printed. A run that was killed goes on when it is run again.

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
      .option('--serving <site>', 'the site that serves, when both databases take writes and nothing tells; with --execute it is marked')
      .addHelpText('after', `\nExample:\n  citydc aws ${name} can-tho-2022 --account 123456789012`);
  const acting = (name: Verb, summary: string) =>
    add(name, summary).addOption(new Option('--execute', 'do it; else only the plan is printed').default(false));

  add('status', 'what stands at both sites: who writes, who is let in, where names lead').action(invoke(status));
  acting('failover', 'fence the site that serves, promote the copy at the other, start applications, turn names')
    .option('--to <site>', 'the site to take over (default: the backup)')
    .option(
      '--primary-unreachable',
      'the site that is left does not answer and cannot be fenced: you answer for what it still writes',
      false,
    )
    .option(...ACCEPT_UNFENCED)
    .option(...ACCEPT_LOSS)
    .action(invoke(run('failover')));
  acting('failback', 'the same by plan, back to the primary; its database must be a copy by then')
    .option(...ACCEPT_UNFENCED)
    .option(...ACCEPT_LOSS)
    .action(invoke(run('failback')));
  acting('rebuild', 'make a copy again at the site that was left; its former database is kept under another name').action(
    invoke(run('rebuild')),
  );
}

const ACCEPT_UNFENCED = [
  '--accept-unfenced',
  'the database that is left answers, but cannot be restarted (storage-full, incompatible-network …): what whoever is in it still writes is in it only, never in the copy',
  false,
] as const;
const ACCEPT_LOSS = [
  '--accept-loss',
  'do not wait until the copy has everything: what it has not received is in the database that is left only',
  false,
] as const;
