/** The steps that lead names to a site. */

import type { End } from '../change.js';
import { alarmsAt, type Handover, titleOf } from '../handover.js';
import { isCopy } from '../serving.js';
import type { Hold, Situation } from '../situation.js';
import { change, type HandoverStep, type Outlook, reached, refuse } from './outlook.js';

/**
 * By the health checks that the records have: a site that comes back by itself must not draw offices to an old database. Both ends are
 * held: when all records of a name are unhealthy, Route 53 takes all for healthy, and leads to the primary.
 *
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-how-route-53-chooses-records.html
 */
export const turnNames: HandoverStep = {
  id: 'turn-names',
  title: ({ to }) => `names lead to ${titleOf(to)}`,
  deadlineSeconds: 120,
  // A copy that stands by is where names may go when the writer falls silent.
  look: (handover, situation) => held(handover, situation, isCopy(situation.from.database) ? BY_ALARM : HELD),
};

const HELD = { to: 'here', from: 'away' } as const satisfies Record<End, Hold>;
const BY_ALARM = { from: 'alarm', to: 'alarm' } as const satisfies Record<End, Hold>;

/** It has one place for changes, whatever region is meant; answers go on without it. */
const namesSilent = (): Outlook =>
  refuse('Route 53 does not answer', 'names follow the alarms by themselves, as far as those still tell; run it again');

/** In the order of the ends: at no time does every record of a name say that nothing is well. */
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
  return turned.length === 0 ? reached('they do') : change(`${turned.length} health checks say otherwise, or may`, ...turned);
}

/** At either site: no database of before is left, so names may lead to whoever answers. */
export const restNames: HandoverStep = {
  id: 'rest-names',
  title: ({ from, to }) => `names lead to ${titleOf(from)} or ${titleOf(to)} by their alarms`,
  deadlineSeconds: 120,
  look: (handover, situation) => held(handover, situation, BY_ALARM),
};
