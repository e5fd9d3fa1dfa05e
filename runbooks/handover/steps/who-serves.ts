/** The first step of every handover: nothing is changed before it is known which site serves. */

import type { End } from '../change.js';
import { type Handover, titleOf } from '../handover.js';
import { isCopy, isLeft, isWriter, servingOf } from '../serving.js';
import type { Situation } from '../situation.js';
import { change, type HandoverStep, mark, type Outlook, reached, refuse, refuseBroken } from './outlook.js';

const STATE_WHICH = 'see: citydc aws status; then state it: --serving';

/** Before anything is changed: no site is fenced for one that must not take over, or while it is not known which site serves. */
export const whoServes: HandoverStep = {
  id: 'who-serves',
  title: () => 'who serves',
  deadlineSeconds: 60,
  look: (handover, situation) => {
    const to = titleOf(handover.to);
    const { database } = situation.to;
    if (database == null)
      return refuse(`${to} has no database, or it does not answer`, 'see: citydc aws status; to make a copy: citydc aws rebuild');
    const broken = isCopy(database) ? refuseBroken('the copy', database) : undefined;
    if (broken !== undefined) return broken;
    const serving = servingOf(situation);
    const said = saidOf(handover);
    if (said !== undefined && said !== serving) return saidServing(handover, situation, said);
    if (serving === 'from' && isWriter(database))
      return refuse(`the database of ${to} is a former one, from before the last handover`, 'make it a copy first: citydc aws rebuild');
    if (serving === 'from' || serving === 'to') return reached(`${titleOf(handover[serving])} does`);
    if (isCopy(database)) return reached(serving.undecided);
    if (isWriter(situation.from.database) || isLeft(database)) return refuse(serving.undecided, STATE_WHICH);
    return handover.unreachable && database.writerSinceMs === undefined
      ? change(`${to} does, without a mark`, mark('to', 'writer-since', situation.nowMs))
      : reached(`${to} takes writes`);
  },
};

const saidOf = ({ serving, from, to }: Handover): End | undefined => {
  if (serving === undefined) return undefined;
  return serving === to ? 'to' : serving === from ? 'from' : undefined;
};

/** What the operator states must fit what is found; a mark then records it for every later run. */
function saidServing(handover: Handover, situation: Situation, said: End): Outlook {
  const { database } = situation[said];
  const title = titleOf(handover[said]);
  const serving = servingOf(situation);
  if (serving === 'from' || serving === 'to') return refuse(`${titleOf(handover[serving])} does`, 'run it again without --serving');
  if (!isWriter(database)) return refuse(`the database of ${title} takes no writes, or does not answer`, STATE_WHICH);
  if (situation.from.database === undefined && database.writerSinceMs !== undefined && !isLeft(database)) return reached(`${title} does`);
  return change(serving.undecided, mark(said, 'writer-since', situation.nowMs));
}
