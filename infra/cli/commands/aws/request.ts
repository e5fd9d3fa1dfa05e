import type { Cloud } from '../../../../runbooks/handover/cloud.js';
import { type Handover, titleOf, type Verb } from '../../../../runbooks/handover/handover.js';
import { servingPlace } from '../../../../runbooks/handover/serving.js';
import { type Choices, deploymentOf } from '../../../aws/plan/deployment.js';
import type { SiteOnAws } from '../../../aws/plan/names.js';
import { loadLocated } from '../../../city/load/load.js';
import { readInventory } from '../../../city/load/read.js';
import { type InputError, WorldError } from '../../../city/problem.js';
import type { Context } from '../../command.js';
import { dayOf } from '../../day.js';
import { usage } from '../../failure.js';
import { inventoryOf } from '../../place.js';

/** Options of every verb. */
export interface AwsOptions {
  readonly account?: string;
  readonly endpoint?: string;
  readonly serving?: string;
}

interface ActingOptions extends AwsOptions {
  readonly execute: boolean;
}

interface FailbackOptions extends ActingOptions {
  readonly acceptUnfenced: boolean;
  readonly acceptLoss: boolean;
}

interface FailoverOptions extends FailbackOptions {
  readonly to?: string;
  readonly primaryUnreachable: boolean;
}

/** Options of the verbs that change something. */
export interface OptionsOf {
  readonly failover: FailoverOptions;
  readonly failback: FailbackOptions;
  readonly rebuild: ActingOptions;
}

/** Milliseconds since 1970, from a clock that never goes back. */
export const nowMs = (): number => performance.timeOrigin + performance.now();
/** AWS through its SDK, which is loaded only here. */
export const cloudOf = async (handover: Handover, { endpoint }: AwsOptions): Promise<Cloud> =>
  (await import('../../../../runbooks/handover/sdk/cloud.js')).awsCloud(handover, endpoint === undefined ? {} : { endpoint }, nowMs);

/**
 * The handover that the command line requests.
 *
 * @throws {InputError} when a site is none of the city's on AWS
 * @throws {WorldError} when nothing says what to rebuild
 */
export async function handoverOf(
  verb: Verb,
  inventory: string | undefined,
  options: AwsOptions & Partial<FailoverOptions>,
  context: Context,
): Promise<Handover> {
  const { city, locate } = loadLocated(await readInventory(inventoryOf(context, inventory)), dayOf(context));
  const choices: Choices = options.account === undefined ? {} : { account: options.account };
  const { primary, backup, ...deployment } = deploymentOf(city, choices, locate);
  const wanted = verb === 'failback' ? titleOf(primary) : (options.to ?? titleOf(backup));
  const sites = [primary, backup];
  const chosen = siteNamed(wanted, sites, '--to');
  const other = chosen === primary ? backup : primary;
  const accepted = {
    unreachable: options.primaryUnreachable === true,
    unfenced: options.acceptUnfenced === true,
    loss: options.acceptLoss === true,
    serving: options.serving === undefined ? undefined : siteNamed(options.serving, sites, '--serving'),
  };
  const handover = { verb, city: deployment.city, from: other, to: chosen, ...accepted };
  return verb === 'rebuild' ? rebuilt(handover, options, context) : handover;
}

function siteNamed(wanted: string, sites: readonly SiteOnAws[], option: string): SiteOnAws {
  const found = sites.find(place => titleOf(place) === wanted);
  if (found === undefined) throw noSuchSite(wanted, sites.map(titleOf), option);
  return found;
}

const noSuchSite = (found: string, sites: readonly string[], path: string): InputError =>
  usage(path, `there is no site '${found}' on AWS`, `one of: ${sites.join(', ')}`);

/** A rebuild is of the site that does not serve. @throws {WorldError} when nothing says which one that is */
async function rebuilt(handover: Handover, options: AwsOptions, { output, interrupted }: Context): Promise<Handover> {
  output.progress('looking which site serves');
  const serving = servingPlace(handover, await (await cloudOf(handover, options)).look(interrupted()));
  if (serving instanceof WorldError) throw serving;
  return serving === handover.to ? handover : { ...handover, from: handover.to, to: handover.from };
}
