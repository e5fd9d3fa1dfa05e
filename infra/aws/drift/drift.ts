/** What the next deployment would replace, delete or make, reported before anyone deploys. */

import type { LocatedCity } from '../../city/load/load.js';
import type { Problem } from '../../city/problem.js';
import { type CloudTemplate, type Synthesis, type Templates, templatesOf } from '../app.js';
import { type Deployment, readableDeployment } from '../plan/deployment.js';
import { STATEFUL } from '../stateful.js';
import { compareStack, type Fate, NO_TEMPLATE, type ResourceChange } from './compare.js';

export interface StackChange extends ResourceChange {
  /** With its region, and its account where the two inventories name two: `can-tho-s1-data in ap-southeast-1`. */
  readonly stack: string;
}

export interface AwsDrift {
  readonly changes: readonly StackChange[];
  /** A problem for each resource with state that would be replaced or left behind, and for each change that a service refuses. */
  readonly problems: readonly Problem[];
}

/** Compares two inventories as they would be deployed; to the same account, unless they say another. @throws {InputError} when one of them cannot be */
export function driftOf(before: LocatedCity, after: LocatedCity, synthesis: Synthesis = templatesOf): AwsDrift {
  const [old, next] = [readable(before, after), readable(after, before)];
  const moved = old.primary.account !== next.primary.account;
  return templateDrift(standing(old, moved, synthesis), standing(next, moved, synthesis));
}

/** An account that only the other inventory names is this one's too. */
const readable = (inventory: LocatedCity, other: LocatedCity): Deployment =>
  readableDeployment(inventory, { account: inventory.city.aws?.account ?? other.city.aws?.account });

/** Compares templates of two deployments, in the order of deployment: what a stack publishes is known before its users are compared. */
export function templateDrift(before: Templates, after: Templates): AwsDrift {
  const renewed = new Set<string>();
  const changes = [...new Set([...after.keys(), ...before.keys()])].flatMap(stack =>
    compareStack(at(before, stack), at(after, stack), renewed).map(change => ({ ...change, stack })),
  );
  return { changes, problems: changes.flatMap(problemOf) };
}

const at = (templates: Templates, stack: string): CloudTemplate => templates.get(stack) ?? NO_TEMPLATE;

/** Templates by stack and region: a stack of the same name in another region is another stack, and the first one stays. */
const standing = (deployment: Deployment, moved: boolean, synthesis: Synthesis): Templates =>
  new Map([...synthesis(deployment)].map(([stack, template]) => [whereabouts(deployment, stack, moved), template]));

function whereabouts({ primary, backup }: Deployment, stack: string, moved: boolean): string {
  const { region, account } = stack.startsWith(`${primary.prefix}-`) ? primary : backup;
  return `${stack} in ${region}${moved ? ` of ${account}` : ''}`;
}

/** What is refused, and what is lost if it were not. */
const problemOf = (change: StackChange): readonly Problem[] => [...refusal(change), ...loss(change)];

const refusal = ({ stack, resource, type, refused }: StackChange): readonly Problem[] =>
  refused === undefined
    ? []
    : [
        {
          rule: 'refused-by-service',
          path: `aws ${stack} ${resource}`,
          message: `${type} cannot be changed so: ${refused}`,
          hint: 'give back the value that it was deployed with, or one that the service takes',
        },
      ];

function loss({ stack, resource, type, fate, because }: StackChange): readonly Problem[] {
  const kept = STATEFUL.get(type);
  const rule = RULES[fate];
  if (kept === undefined || rule === undefined) return [];
  const reason = because.length === 0 ? '' : `, because ${because.join(', ')} changes`;
  return [
    {
      rule: rule.name,
      path: `aws ${stack} ${resource}`,
      message: `${type} ${rule.says}${reason}; it keeps ${kept}`,
      hint: rule.hint,
    },
  ];
}

const RULES: Readonly<Partial<Record<Fate, { readonly name: string; readonly says: string; readonly hint: string }>>> = {
  replaced: {
    name: 'stateful-replaced',
    says: 'would be replaced by an empty one',
    hint: 'give back the value that it was deployed with; if it must change, restore a backup of it into the new one before it is used',
  },
  'may be replaced': {
    name: 'stateful-may-be-replaced',
    says: 'may be replaced by an empty one',
    hint: 'make a change set (cdk deploy --no-execute) and read what AWS says of it before you deploy',
  },
  deleted: {
    name: 'stateful-deleted',
    says: 'would no longer belong to the city',
    hint: 'keep it in the inventory, or copy what it keeps first and take it out of the city on purpose',
  },
};
