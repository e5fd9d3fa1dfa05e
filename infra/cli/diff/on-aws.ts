import { type AwsChange, type AwsEffect, awsChanges, loses } from '../../aws/changes.js';
import { readableDeployment } from '../../aws/deployment.js';
import type { LocatedCity } from '../../city/load/load.js';
import { table } from '../table.js';

/**
 * What deploying the second inventory would do to the first one's city on AWS.
 *
 * @throws {InputError} when one of them cannot be deployed there
 */
export function onAws(before: LocatedCity, after: LocatedCity) {
  const changes = awsChanges(readableDeployment(before), readableDeployment(after));
  return { value: { changes }, text: describe(changes), loses: changes.some(loses) };
}

/** What comes and what changes in place is counted; what is replaced or goes is named. */
const COUNTED = ['create', 'update'] as const satisfies readonly AwsEffect[];

const SAID: Readonly<Record<AwsEffect, string>> = {
  create: 'created',
  update: 'changed in place',
  'may-replace': 'perhaps replaced',
  replace: 'replaced',
  leave: 'left to itself',
  delete: 'deleted',
};

function describe(changes: readonly AwsChange[]): string {
  const counts = COUNTED.map(effect => `${changes.filter(change => change.effect === effect).length} ${SAID[effect]}`);
  const named = changes.filter(({ effect }) => !(COUNTED as readonly AwsEffect[]).includes(effect));
  const lost = changes.filter(loses);
  return [
    `on AWS: ${counts.join(', ')}, ${named.length} replaced or gone`,
    ...(named.length === 0
      ? []
      : [
          table(
            ['stack', 'resource', 'type', 'is', 'because of'],
            named.map(({ stack, resource, type, effect, because }) => [stack, resource, type, SAID[effect], because.join(' ') || '–']),
          ),
        ]),
    ...(lost.length === 0
      ? []
      : [
          `${lost.length} of them hold data. CloudFormation makes a new one, empty; one with a name of its own cannot even be made beside it.
next: take the change back, or copy the data first and say so in the change's own plan`,
        ]),
  ].join('\n');
}
