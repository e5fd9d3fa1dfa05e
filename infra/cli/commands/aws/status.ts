import { fencesOf } from '../../../../runbooks/handover/fence.js';
import { titleOf } from '../../../../runbooks/handover/handover.js';
import { servingPlace } from '../../../../runbooks/handover/serving.js';
import type { SiteFacts, Situation } from '../../../../runbooks/handover/situation.js';
import type { SiteOnAws } from '../../../aws/plan/names.js';
import { WorldError } from '../../../city/problem.js';
import type { Context, ExitCode } from '../../command.js';
import { table } from '../../table.js';
import { type AwsOptions, cloudOf, handoverOf } from './request.js';

/** `aws status`: the state of both sites. Exit code 3 when it is not clear which one serves. */
export async function status(context: Context, inventory: string | undefined, options: AwsOptions): Promise<ExitCode> {
  const handover = await handoverOf('failover', inventory, options, context);
  const situation = await (await cloudOf(handover, options)).look(context.interrupted());
  const serving = servingPlace(handover, situation);
  const sites = (
    [
      ['from', handover.from],
      ['to', handover.to],
    ] as const
  ).map(([end, place]) => ({
    site: titleOf(place),
    region: place.region,
    serves: serving === place,
    fences: fencesOf(situation[end]),
    names: namesAt(situation, place),
    ...situation[end],
  }));
  context.output.result(
    { schema: 1, sites, ...(serving instanceof WorldError ? { undecided: serving.message } : {}) },
    table(['site', 'region', 'serves', 'database', 'applications', 'admitted', 'names'], sites.map(row)),
  );
  if (!(serving instanceof WorldError)) return 0;
  context.output.note(`${serving.message}\n${serving.hint}`);
  return 3;
}

/** A site's health checks, counted by what decides them: their alarm, or a hold. Undefined when Route 53 does not answer. */
function namesAt({ checks }: Situation, { prefix }: SiteOnAws): Readonly<Record<string, number>> | undefined {
  const held = checks?.filter(({ alarm }) => alarm.startsWith(`${prefix}-`)).map(({ held }) => held ?? 'otherwise');
  return held && Object.fromEntries([...new Set(held)].map(each => [each, held.filter(other => other === each).length]));
}

const row = (
  site: SiteFacts & {
    readonly site: string;
    readonly region: string;
    readonly serves: boolean;
    readonly names: ReturnType<typeof namesAt>;
  },
) => [
  site.site,
  site.region,
  site.serves ? 'yes' : 'no',
  databaseWords(site.database),
  site.services === undefined
    ? 'no answer'
    : `${site.services.filter(({ running, desired }) => desired > 0 && running >= desired).length} run`,
  site.ingress === undefined ? 'no answer' : site.ingress.length,
  namesWords(site.names),
];

const NAMES: Readonly<Record<string, string>> = { alarm: 'by alarm', here: 'held here', away: 'held away', otherwise: 'set by others' };
const namesWords = (names: ReturnType<typeof namesAt>): string =>
  names === undefined
    ? 'no answer'
    : Object.entries(names)
        .map(([hold, count]) => `${count} ${NAMES[hold]}`)
        .join(', ');

function databaseWords(database: SiteFacts['database']): string {
  if (database === undefined) return 'no answer';
  if (database === null) return 'none';
  return `${database.copyOf === undefined ? 'takes writes' : 'copy'}, ${database.status}${database.fencedSinceMs === undefined ? '' : ', fenced'}`;
}
