/** The steps that fence a site, and wait until its copy has what was written before. */

import { type Fence, fencesOf, isPassedOver } from '../fence.js';
import { type Handover, titleOf } from '../handover.js';
import { isCopy, isWriter } from '../serving.js';
import type { SiteFacts, Situation } from '../situation.js';
import { change, type HandoverStep, isBroken, isUsable, mark, marksOf, type Outlook, reached, refuse, unmark, wait } from './outlook.js';

/** A part that cannot be shut is passed over only when the operator has accepted that. */
function fencing(fence: Fence, look: (handover: Handover, situation: Situation) => Outlook): HandoverStep['look'] {
  return (handover, situation) => {
    const fences = fencesOf(situation.from);
    const from = titleOf(handover.from);
    const answers = !Object.values(fences).includes('unknown');
    if (handover.unreachable && answers && isWriter(situation.from.database))
      return refuse(`${from} answers, so it can be fenced`, 'run it again without --primary-unreachable');
    if (isCopy(situation.from.database)) return reached('only a copy is left there');
    if (fences[fence] === 'shut') return reached('shut');
    if (fences[fence] === 'open') return look(handover, situation);
    const why = fences[fence] === 'unknown' ? 'does not answer' : `its database is ${situation.from.database?.status}`;
    if (isPassedOver(fences[fence], handover)) return reached(`NOT FENCED: ${why}`);
    return fences[fence] === 'unknown'
      ? refuse(`${from} does not answer: it cannot be fenced`, UNREACHABLE)
      : refuse(`${from} cannot be fenced: ${why}, and cannot be restarted`, STUCK);
  };
}

const UNREACHABLE =
  'when it is surely lost, or was cut off by hand: run it again with --primary-unreachable; what it still writes is not in the copy';

const STUCK =
  'repair it; or, when it must be left: run it again with --accept-unfenced; what connected clients still write is not in the copy';

/** No task of any system at the site that is left. */
export const stopApplications: HandoverStep = {
  id: 'stop-applications',
  title: ({ from }) => `fence ${titleOf(from)}: applications`,
  deadlineSeconds: 300,
  look: fencing('applications', (_, { from: { services = [] } }) => {
    const on = services.filter(({ desired }) => desired > 0);
    const ending = services.filter(({ desired, running }) => desired === 0 && running > 0);
    if (on.length === 0) return wait(...ending.map(({ system, running }) => `${running} tasks of ${system} are ending`));
    return change(
      on.map(({ system, desired }) => `${system} has ${desired} tasks`).join(', '),
      ...on.map(({ system }) => ({ do: 'scale', at: 'from', system, tasks: 0 }) as const),
    );
  }),
};

/** The mark is removed first: it must never be on a database that admits clients. */
export const closeDoors: HandoverStep = {
  id: 'close-doors',
  title: ({ from }) => `fence ${titleOf(from)}: rules that admit clients to the database`,
  deadlineSeconds: 60,
  look: fencing('doors', (_, { from: { ingress = [], database } }) =>
    change(`${ingress.length} rules admit clients`, ...marksOf(database).map(each => unmark('from', each)), {
      do: 'close',
      at: 'from',
      rules: ingress,
    }),
  ),
};

/** Connections outlive the security group rule that admitted them. A restart ends them. */
export const endSessions: HandoverStep = {
  id: 'end-sessions',
  title: ({ from }) => `fence ${titleOf(from)}: connected clients`,
  deadlineSeconds: 900,
  look: fencing('sessions', (_, { nowMs, from: { database } }) => {
    const asked = database?.restartAskedMs;
    if (!isUsable(database)) return wait(`the database is ${database?.status}`);
    if (asked === undefined)
      return change('clients may still be connected', { do: 'reboot', at: 'from' }, mark('from', 'restart-asked', nowMs));
    if (nowMs - asked < RESTART_SHOWS_MS) return wait('restarting');
    return change('it has restarted', mark('from', 'fenced-since', nowMs));
  }),
};

/** A requested restart may take so long to show. */
const RESTART_SHOWS_MS = 20_000;

/** How far the clocks of two regions and of this machine may differ. */
const CLOCKS_MS = 5000;

/**
 * What the copy replayed last must be later than the fence: then nothing that was acknowledged is missing. RDS itself writes something
 * every five minutes, so that this happens even without clients. A lag of zero alone would prove nothing.
 */
export const catchUp: HandoverStep = {
  id: 'catch-up',
  title: ({ to }) => `the copy at ${titleOf(to)} has all that was written`,
  deadlineSeconds: 900,
  look: (handover, { from, to, nowMs }) => {
    if (to.database?.copyOf === undefined) return reached('it is no copy any more');
    const last = to.lag?.at(-1);
    const words = last === undefined ? 'its lag is not known' : `${Math.round((nowMs - last.atMs) / 1000 + last.seconds)} s behind at most`;
    if (handover.unreachable) return reached(`not awaited: ${words}`);
    if (handover.loss) return reached(`loss accepted: ${words}`);
    const fencedMs = from.database?.fencedSinceMs;
    if (fencedMs === undefined) return unproven(handover, from, words);
    const caught = (to.lag ?? []).some(({ atMs, seconds }) => seconds >= 0 && atMs - seconds * 1000 >= fencedMs + CLOCKS_MS);
    return caught ? reached('it replayed what was written after the fence') : wait(words);
  },
};

/** Without a fence whose time is known, it will never be known whether the copy has everything. */
function unproven({ from }: Handover, { database }: SiteFacts, words: string): Outlook {
  if (database != null && !isBroken(database)) return wait('not fenced yet');
  return refuse(
    `${titleOf(from)} ${database == null ? 'has no database' : `is ${database.status}`}: nothing proves that the copy has everything (${words})`,
    'run it again with --accept-loss; what the copy has not received is in the database that is left, if anywhere',
  );
}
