/** The steps that turn names to a site. */

import type { End } from '../change.js';
import { alarmsAt, type Handover, titleOf } from '../handover.js';
import { isCopy } from '../serving.js';
import type { Hold, Situation } from '../situation.js';
import { change, type HandoverStep, type Outlook, reached, refuse } from './outlook.js';

/**
 * Pins the health checks of the records: a site that comes back by itself must not draw offices to a former database. Those of both sites
 * are pinned: when all records of a name are unhealthy, Route 53 takes all for healthy, and leads to the primary.
 *
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-how-route-53-chooses-records.html
 */
export const turnNames: HandoverStep = {
  id: 'turn-names',
  title: ({ to }) => `names lead to ${titleOf(to)}`,
  deadlineSeconds: 120,
  // Names may lead to a standby copy when the writer does not answer.
  look: (handover, situation) => held(handover, situation, isCopy(situation.from.database) ? BY_ALARM : HELD),
};

const HELD = { to: 'here', from: 'away' } as const satisfies Record<End, Hold>;
const BY_ALARM = { from: 'alarm', to: 'alarm' } as const satisfies Record<End, Hold>;

/** Route 53 is changed in one region; while that is down it still answers queries. */
const namesSilent = (): Outlook =>
  refuse('Route 53 does not answer', 'names follow the alarms by themselves, as far as those still report; run it again');

/** In the order of the ends: at no time are all records of a name unhealthy. */
function held(handover: Handover, { checks }: Situation, holds: Readonly<Record<End, Hold>>): Outlook {
  if (checks === undefined) return namesSilent();
  const wanted = (Object.keys(holds) as End[]).flatMap(end =>
    alarmsAt(handover, handover[end]).map(alarm => ({ alarm, hold: holds[end], looking: checks.filter(each => each.alarm === alarm) })),
  );
  const missing = wanted.filter(({ looking }) => looking.length === 0).map(({ alarm }) => alarm);
  if (missing.length > 0) return refuse(`no health check looks at ${missing.join(', ')}`, 'deploy the stacks `global` of both sites');
  const turned = wanted.flatMap(({ alarm, hold, looking }) =>
    looking.filter(check => check.held !== hold).map(({ id }) => ({ do: 'turn-names', check: id, alarm, hold }) as const),
  );
  return turned.length === 0 ? reached('they do') : change(`${turned.length} health checks lead elsewhere, or may`, ...turned);
}

/** After a rebuild no former database takes writes, so names may lead to either site that answers. */
export const restNames: HandoverStep = {
  id: 'rest-names',
  title: ({ from, to }) => `names lead to ${titleOf(from)} or ${titleOf(to)} by their alarms`,
  deadlineSeconds: 120,
  look: (handover, situation) => held(handover, situation, BY_ALARM),
};
