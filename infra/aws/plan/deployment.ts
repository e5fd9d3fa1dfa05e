/** An inventory and a command's options become a deployment, or a list of problems. Pure. */

import { wordHint } from '../../city/load/hint.js';
import type { LocatedCity } from '../../city/load/load.js';
import type { City } from '../../city/model.js';
import { InputError, type Position, type Problem } from '../../city/problem.js';
import { AWS_POSTURES, type AwsPlan, type AwsPosture } from '../../city/targets/aws/plan.js';
import { AWS_REGIONS, type AwsRegion } from '../../city/targets/aws/regions.js';
import { placesOf, type SiteOnAws } from './names.js';
import { keptPromises } from './problems.js';

/** Values of `-c`, in place of the inventory's: `account`, `posture`, `primaryRegion`, `backupRegion`. */
export type Choices = Readonly<Record<string, string | undefined>>;

/** A city that can be deployed, with both its sites on AWS. */
export interface Deployment {
  readonly city: City & { readonly aws: AwsPlan };
  readonly primary: SiteOnAws;
  readonly backup: SiteOnAws;
}

/**
 * The deployment of a city.
 *
 * @throws {InputError} with all problems at once: no section `aws`, no account, a choice that does not exist, promises that AWS cannot keep
 */
export function deploymentOf(city: City, choices: Choices, locate: (path: string) => Position | undefined): Deployment {
  const { aws } = city;
  if (aws === undefined) throw new InputError([withoutSection(locate)]);
  const problems = wrongChoices(choices);
  const account = choices.account ?? aws.account;
  // A wrong choice is ignored, so that its problem is reported once.
  const chosen = { ...city, aws: problems.length > 0 ? aws : chosenPlan(city, aws, choices) };
  const [primary, backup] = placesOf(chosen, account ?? '');
  const all = [
    ...problems,
    ...(account === undefined ? [withoutAccount(locate)] : []),
    ...(problems.length === 0 && primary?.region === backup?.region ? [oneRegion(primary?.region)] : []),
    ...keptPromises(chosen, locate),
  ];
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

function chosenPlan({ sites }: City, aws: AwsPlan, { account, posture, primaryRegion, backupRegion }: Choices): AwsPlan {
  const regions = { primary: primaryRegion, backup: backupRegion, witness: undefined };
  const regionOf = (number: number) => regions[sites.find(site => site.number === number)?.role ?? 'witness'];
  return {
    ...aws,
    account: account ?? aws.account,
    posture: (posture as AwsPosture | undefined) ?? aws.posture,
    sites: aws.sites.map(each => ({ ...each, region: (regionOf(each.site) as AwsRegion | undefined) ?? each.region })),
  };
}

/** A choice is as strict as the inventory. */
function wrongChoices({ account, posture, primaryRegion, backupRegion }: Choices): readonly Problem[] {
  return [
    ...(account === undefined || /^\d{12}$/.test(account)
      ? []
      : [wrong('account', account, 'twelve digits', 'as -c account=123456789012')]),
    ...outside('posture', posture, AWS_POSTURES),
    ...outside('primaryRegion', primaryRegion, AWS_REGIONS),
    ...outside('backupRegion', backupRegion, AWS_REGIONS),
  ];
}

const outside = (name: string, value: string | undefined, allowed: readonly string[]): readonly Problem[] =>
  value === undefined || allowed.includes(value) ? [] : [wrong(name, value, `a ${WHAT[name] ?? name}`, wordHint(value, allowed))];
const WHAT: Readonly<Record<string, string>> = { primaryRegion: 'region', backupRegion: 'region' };

const wrong = (name: string, found: string, expected: string, hint: string): Problem => ({
  rule: 'wrong-choice',
  path: `-c ${name}`,
  message: `found '${found}', expected ${expected}`,
  hint,
});

const oneRegion = (region: string | undefined): Problem =>
  wrong('backupRegion', region ?? '', "another region than the primary's", 'a region that fails would take both');

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
