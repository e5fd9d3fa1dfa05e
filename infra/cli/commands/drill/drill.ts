import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Drill } from '../../../../runbooks/drill/drill.js';
import { TRANSITIONS } from '../../../../runbooks/drill/transitions.js';
import { DRILLS } from '../../../../runbooks/drills/drills.js';
import { LANGUAGES } from '../../../city/identity.js';
import type { Invoke } from '../../command.js';
import { inventoryArgument } from '../../place.js';
import { list } from './list.js';
import { plan } from './plan.js';
import { judge, report } from './report.js';
import { recover, run } from './run.js';

const EXAMPLES = `
Examples:
  citydc drill run site-loss
  citydc drill report --lang en
  citydc drill judge .citydc/drills/site-loss-20261123T081547Z`;

export function configure(command: Command, invoke: Invoke): void {
  command.addHelpText('after', EXAMPLES);
  const named = (sub: Command) => sub.argument('<drill>', `one of: ${DRILLS.map(({ name }) => name).join(', ')}`, drillNamed);
  const add = (name: string, summary: string, example: string) =>
    command.command(name).summary(summary).description(`${summary}.`).addHelpText('after', `\nExample:\n  citydc drill ${example}`);

  add('list', 'the drills, and the runs whose evidence is here', 'list').action(invoke(list));
  named(add('plan', 'what a drill would break, and what it would be judged by', 'plan site-loss'))
    .addArgument(inventoryArgument())
    .action(invoke(plan));
  named(add('run', 'disturb the running city, measure, repair, judge', 'run site-loss'))
    .addOption(killOption())
    .action(invoke(run));
  add('recover', 'undo what a killed drill left behind', 'recover').addOption(killOption()).action(invoke(recover));
  add('report', "a run's report; without a name, the latest", 'report site-loss-20261123T081547Z --lang en')
    .argument('[run]', 'name or folder of a run')
    .addOption(new Option('--lang <language>', 'language of the report').choices(LANGUAGES).default('vi'))
    .action(invoke(report));
  add('judge', 'judge stored evidence again', 'judge .citydc/drills/site-loss-20261123T081547Z')
    .argument('<run>', 'name or folder of a run')
    .action(invoke(judge));
}

/** For the test that kills the engine after every state: no person needs it. */
const killOption = (): Option =>
  new Option('--kill-after <transition>', 'SIGKILL itself when this state is on disk').choices(TRANSITIONS).hideHelp();

function drillNamed(name: string): Drill {
  const found = DRILLS.find(drill => drill.name === name);
  if (found === undefined) throw new InvalidArgumentError(`there are: ${DRILLS.map(drill => drill.name).join(', ')}`);
  return found;
}
