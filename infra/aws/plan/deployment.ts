/** An inventory and a command's options become a deployment, or a list of problems. Pure. */

import type { LocatedCity } from '../../city/load/load.js';
import type { City } from '../../city/model.js';
import { InputError, type Position, type Problem } from '../../city/problem.js';
import type { AwsPlan } from '../../city/targets/aws/plan.js';
import { placesOf, type SiteOnAws } from './names.js';
import { keptPromises } from './problems.js';

/** What may be given in place of the inventory's. All else is the inventory's alone, so that every command knows the same. */
export interface Choices {
  readonly account?: string | undefined;
}

/** A city that can be deployed, with both its sites on AWS. */
export interface Deployment {
  readonly city: City & { readonly aws: AwsPlan };
  readonly primary: SiteOnAws;
  readonly backup: SiteOnAws;
}

/**
 * The deployment of a city.
 *
 * @throws {InputError} with all problems at once: no section `aws`, no account, or a wrong one, promises that AWS cannot keep
 */
export function deploymentOf(city: City, choices: Choices, locate: (path: string) => Position | undefined): Deployment {
  const { aws } = city;
  if (aws === undefined) throw new InputError([withoutSection(locate)]);
  const account = choices.account ?? aws.account;
  const chosen = { ...city, aws: { ...aws, account } };
  const [primary, backup] = placesOf(chosen, account ?? '');
  const all = [...wrongAccount(choices), ...(account === undefined ? [withoutAccount(locate)] : []), ...keptPromises(chosen, locate)];
  if (all.length > 0) throw new InputError(all);
  if (primary === undefined || backup === undefined) throw new Error('a site without a region, though the loader found no problem');
  return { city: chosen, primary, backup };
}

/** Names contain the account's number; this one where templates are only read, and no account is given. */
const ANY_ACCOUNT = '000000000000';

/** A deployment to read: of templates, prices, differences. @throws {InputError} as `deploymentOf` */
export const readableDeployment = ({ city, locate }: LocatedCity, choices: Choices = {}): Deployment =>
  deploymentOf(city, { ...choices, account: choices.account ?? city.aws?.account ?? ANY_ACCOUNT }, locate);

/** Problems that keep a city from AWS in any account: no section `aws`, or objectives that AWS cannot keep. */
export const promisesOf = (city: City, locate: (path: string) => Position | undefined): readonly Problem[] =>
  city.aws === undefined ? [withoutSection(locate)] : keptPromises({ ...city, aws: city.aws }, locate);

const wrongAccount = ({ account }: Choices): readonly Problem[] =>
  account === undefined || /^\d{12}$/.test(account)
    ? []
    : [
        {
          rule: 'wrong-choice',
          path: '-c account',
          message: `found '${account}', expected twelve digits`,
          hint: 'as -c account=123456789012',
        },
      ];

const withoutSection = (locate: (path: string) => Position | undefined): Problem => ({
  rule: 'missing-target',
  path: 'aws',
  message: 'the inventory does not say what the city is on AWS',
  hint: "add the section 'aws', as the shipped inventories have it",
  ...at(locate('aws')),
});

const withoutAccount = (locate: (path: string) => Position | undefined): Problem => ({
  rule: 'missing-account',
  path: 'aws.account',
  message: 'no account is given',
  hint: 'give the account to deploy to, as -c account=123456789012',
  ...at(locate('aws')),
});

const at = (position: Position | undefined): Pick<Problem, 'at'> => (position === undefined ? {} : { at: position });
