/**
 * Every step of a handover: from what is found to what is to be changed. Pure.
 *
 * A step is reached when it has nothing to change and nothing to wait for. It never remembers: what a killed run has done is seen in
 * what is found, so that running it again goes on.
 */

import type { Change, End, Mark } from './change.js';
import { type Fence, fencesOf, isPassedOver, mayPromoteOver } from './fence.js';
import { admittedAt, alarmsAt, fullTasks, type Handover, restingTasks, titleOf, type Verb } from './handover.js';
import { isCopy, isLeft, isWriter, servingOf } from './serving.js';
import type { DatabaseFacts, Hold, Ingress, SiteFacts, Situation } from './situation.js';
import { conditionOf } from './statuses.js';

/** What a step sees, and what it would do. */
export interface Outlook {
  readonly found: string;
  readonly changes: readonly Change[];
  /** What is on its way; a step is not reached before. */
  readonly waiting: readonly string[];
  /** Why it must not be taken, and what to do. */
  readonly refused?: { readonly why: string; readonly hint: string };
}

export interface Step {
  readonly id: string;
  readonly title: (handover: Handover) => string;
  readonly deadlineSeconds: number;
  readonly look: (handover: Handover, situation: Situation) => Outlook;
}

/** The steps of a command, in order. */
export const stepsOf = (verb: Verb): readonly Step[] => (verb === 'rebuild' ? REBUILD : SWITCH);

const reached = (found: string): Outlook => ({ found, changes: [], waiting: [] });
const change = (found: string, ...changes: readonly Change[]): Outlook => ({ found, changes, waiting: [] });
const wait = (...waiting: readonly string[]): Outlook => ({ found: waiting.join('; '), changes: [], waiting });
const refuse = (why: string, hint: string): Outlook => ({ found: why, changes: [], waiting: [], refused: { why, hint } });

const SAY_WHO = 'see: citydc aws status; then say it: --serving';

/** Before anything is touched: nobody is fenced for a site that must not take over, or while nothing tells who serves. */
const whoServes: Step = {
  id: 'who-serves',
  title: () => 'who serves',
  deadlineSeconds: 60,
  look: (handover, situation) => {
    const to = titleOf(handover.to);
    const { database } = situation.to;
    if (database == null)
      return refuse(`${to} has no database, or does not tell`, 'see: citydc aws status; to make a copy: citydc aws rebuild');
    const broken = isCopy(database) ? brokenWords('the copy', database) : undefined;
    if (broken !== undefined) return broken;
    const serving = servingOf(situation);
    const said = saidOf(handover);
    if (said !== undefined && said !== serving) return saidServing(handover, situation, said);
    if (serving === 'from' && isWriter(database))
      return refuse(`the database of ${to} is of before the last handover`, 'make it a copy first: citydc aws rebuild');
    if (serving === 'from' || serving === 'to') return reached(`${titleOf(handover[serving])} does`);
    if (isCopy(database)) return reached(serving.undecided);
    if (isWriter(situation.from.database) || isLeft(database)) return refuse(serving.undecided, SAY_WHO);
    return handover.unreachable && database.writerSinceMs === undefined
      ? change(`${to} does, and nothing says so`, mark('to', 'writer-since', situation.nowMs))
      : reached(`${to} takes writes`);
  },
};

const saidOf = ({ serving, from, to }: Handover): End | undefined => {
  if (serving === undefined) return undefined;
  return serving === to ? 'to' : serving === from ? 'from' : undefined;
};

/** What is said must fit what is found; a mark then says it to every run that follows. */
function saidServing(handover: Handover, situation: Situation, said: End): Outlook {
  const { database } = situation[said];
  const title = titleOf(handover[said]);
  const serving = servingOf(situation);
  if (serving === 'from' || serving === 'to') return refuse(`${titleOf(handover[serving])} does`, 'run it again without --serving');
  if (!isWriter(database)) return refuse(`the database of ${title} takes no writes, or does not tell`, SAY_WHO);
  if (situation.from.database === undefined && database.writerSinceMs !== undefined && !isLeft(database)) return reached(`${title} does`);
  return change(serving.undecided, mark(said, 'writer-since', situation.nowMs));
}

/** A part that cannot be shut is passed over only when somebody has said so, and only then. */
function fencing(fence: Fence, look: (handover: Handover, situation: Situation) => Outlook): Step['look'] {
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
  'when it is lost for sure, or somebody has cut it off: run it again with --primary-unreachable; what it still writes is not in the copy';

const STUCK =
  'repair it; or, when it must be left: run it again with --accept-unfenced; what whoever is in it still writes is not in the copy';

const stopApplications: Step = {
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

/** The mark goes first: it must never stand on a database that lets somebody in. */
const closeDoors: Step = {
  id: 'close-doors',
  title: ({ from }) => `fence ${titleOf(from)}: who is let in to the database`,
  deadlineSeconds: 60,
  look: fencing('doors', (_, { from: { ingress = [], database } }) =>
    change(`${ingress.length} rules let somebody in`, ...marksOf(database).map(each => unmark('from', each)), {
      do: 'close',
      at: 'from',
      rules: ingress,
    }),
  ),
};

const unmark = (at: 'from' | 'to', what: Mark): Change => ({ do: 'unmark', at, mark: what });

const marksOf = (database: DatabaseFacts | null | undefined): readonly Mark[] => [
  ...(database?.fencedSinceMs === undefined ? [] : ['fenced-since' as const]),
  ...(database?.restartAskedMs === undefined ? [] : ['restart-asked' as const]),
];

/** Whoever was in stays in when a rule goes: connections that a security group knows live on. A restart ends them. */
const endSessions: Step = {
  id: 'end-sessions',
  title: ({ from }) => `fence ${titleOf(from)}: who is in the database`,
  deadlineSeconds: 900,
  look: fencing('sessions', (_, { nowMs, from: { database } }) => {
    const asked = database?.restartAskedMs;
    if (!isUsable(database)) return wait(`the database is ${database?.status}`);
    if (asked === undefined)
      return change('whoever was in may be in still', { do: 'reboot', at: 'from' }, mark('from', 'restart-asked', nowMs));
    if (nowMs - asked < RESTART_SHOWS_MS) return wait('restarting');
    return change('it has restarted', mark('from', 'fenced-since', nowMs));
  }),
};

const isUsable = (database: DatabaseFacts | null | undefined): boolean => database != null && conditionOf(database) === 'usable';

/** A restart that was asked for may take so long to show. */
const RESTART_SHOWS_MS = 20_000;

const mark = (at: 'from' | 'to', what: Mark, atMs: number): Change => ({ do: 'mark', at, mark: what, atMs });

/** Clocks of two regions, and ours. */
const CLOCKS_MS = 5000;

/**
 * What the copy replayed last must be later than the fence: then nothing that was acknowledged is missing. RDS itself writes something
 * every five minutes, so that this comes even when nobody else writes. A lag of nought alone would prove nothing.
 */
const catchUp: Step = {
  id: 'catch-up',
  title: ({ to }) => `the copy at ${titleOf(to)} has all that was written`,
  deadlineSeconds: 900,
  look: (handover, { from, to, nowMs }) => {
    if (to.database?.copyOf === undefined) return reached('it is no copy any more');
    const last = to.lag?.at(-1);
    const words =
      last === undefined
        ? 'nothing tells how far it is behind'
        : `${Math.round((nowMs - last.atMs) / 1000 + last.seconds)} s behind at most`;
    if (handover.unreachable) return reached(`not awaited: ${words}`);
    if (handover.loss) return reached(`loss accepted: ${words}`);
    const fencedMs = from.database?.fencedSinceMs;
    if (fencedMs === undefined) return unproven(handover, from, words);
    const caught = (to.lag ?? []).some(({ atMs, seconds }) => seconds >= 0 && atMs - seconds * 1000 >= fencedMs + CLOCKS_MS);
    return caught ? reached('it replayed what was written after the fence') : wait(words);
  },
};

/** Nothing comes from a database that was not fenced in order: then it will never be known that the copy has everything. */
function unproven({ from }: Handover, { database }: SiteFacts, words: string): Outlook {
  if (database != null && !['down', 'stuck'].includes(conditionOf(database))) return wait('not fenced yet');
  return refuse(
    `${titleOf(from)} ${database == null ? 'has no database' : `is ${database.status}`}: nothing tells that the copy has all (${words})`,
    'run it again with --accept-loss; what the copy has not received is in the database that is left, if anywhere',
  );
}

/** Why a database cannot be worked with; undefined while it can, or may soon. */
function brokenWords(what: string, database: DatabaseFacts): Outlook | undefined {
  return ['down', 'stuck'].includes(conditionOf(database))
    ? refuse(`${what} is ${database.status}`, 'repair it at RDS, then run it again')
    : undefined;
}

const promote: Step = {
  id: 'promote',
  title: ({ to }) => `promote the copy at ${titleOf(to)}`,
  deadlineSeconds: 3600,
  look: (handover, situation) => {
    const { from, nowMs } = situation;
    const { database } = situation.to;
    if (database == null) return refuse(`${titleOf(handover.to)} has no database, or does not tell`, 'see: citydc aws status');
    if (isWriter(database)) return alreadyWriter(handover, situation, database);
    const broken = brokenWords('the copy', database);
    if (broken !== undefined) return broken;
    if (!mayPromoteOver(from, handover))
      return refuse(`${titleOf(handover.from)} is not fenced: two databases would take writes`, 'run it again: it fences first');
    if (!isUsable(database)) return wait(`the copy is ${database.status}`);
    return change(`a copy of ${database.copyOf}`, ...(database.writerSinceMs === undefined ? [mark('to', 'writer-since', nowMs)] : []), {
      do: 'promote',
      at: 'to',
    });
  },
};

/** Only a database that took over after the other one; a former one is behind, though it would take writes. */
function alreadyWriter(handover: Handover, situation: Situation, database: DatabaseFacts): Outlook {
  const who = whoServes.look(handover, situation);
  if (who.refused !== undefined) return who;
  return brokenWords('it', database) ?? (isUsable(database) ? reached('it takes writes') : wait(`promoted: ${database.status}`));
}

const admit: Step = {
  id: 'admit',
  title: ({ to }) => `let applications in to the database of ${titleOf(to)}`,
  deadlineSeconds: 60,
  look: (handover, { to }) => doors(to, 'to', admittedAt(handover, handover.to)),
};

/** A fence that was put up and not needed, as by a failover that was broken off, goes before anybody is let in. */
function doors({ ingress, group, database }: SiteFacts, at: 'from' | 'to', wanted: ReturnType<typeof admittedAt>): Outlook {
  if (ingress === undefined || group === undefined)
    return refuse('its security group is not there, or does not tell', 'see: citydc aws status');
  const rules = wanted.filter(each => !ingress.some(rule => isSame(rule, each)));
  const fences = marksOf(database).map(each => unmark(at, each));
  const openings = rules.length === 0 ? [] : [{ do: 'open', at, group, rules } as const];
  return fences.length + openings.length === 0 ? reached('they are let in') : change('they are not let in', ...fences, ...openings);
}

const isSame = (rule: Ingress, { cidr, protocol, from, to }: ReturnType<typeof admittedAt>[number]): boolean =>
  rule.cidr === cidr && rule.protocol === protocol && rule.from === from && rule.to === to;

const startApplications: Step = {
  id: 'start-applications',
  title: ({ to }) => `applications at ${titleOf(to)} in full number`,
  deadlineSeconds: 900,
  look: (handover, { to }) => scaled(to, 'to', fullTasks(handover)),
};

function scaled({ services }: SiteFacts, at: 'from' | 'to', wanted: ReturnType<typeof fullTasks>): Outlook {
  const pairs = wanted.map(each => ({ ...each, service: services?.find(({ system }) => system === each.system) }));
  const absent = pairs.filter(({ service }) => service === undefined).map(({ system }) => system);
  if (absent.length > 0) return refuse(`no service for ${absent.join(', ')}`, 'deploy the stack of the site');
  const off = pairs.filter(({ service, tasks }) => service?.desired !== tasks);
  if (off.length > 0)
    return change(
      off.map(({ system, service }) => `${system} has ${service?.desired}`).join(', '),
      ...off.map(({ system, tasks }) => ({ do: 'scale', at, system, tasks }) as const),
    );
  const late = pairs.filter(({ service, tasks }) => (service?.running ?? 0) < tasks);
  if (late.length === 0) return reached('they run');
  return wait(...late.map(({ system, service, tasks }) => `${system}: ${service?.running} of ${tasks} tasks run`));
}

/**
 * By the health checks that the records have: a site that comes back by itself must not draw offices to an old database. Both ends are
 * held: when all records of a name are unhealthy, Route 53 takes all for healthy, and leads to the primary.
 *
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-how-route-53-chooses-records.html
 */
const turnNames: Step = {
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

const verify: Step = {
  id: 'verify',
  title: ({ to }) => `${titleOf(to)} serves`,
  deadlineSeconds: 600,
  look: (_, { to }) => {
    const { database, silent, alarmed } = to;
    const open = [
      ...(isWriter(database) && isUsable(database) ? [] : ['the database does not take writes']),
      ...(silent ?? ['every system']).map(system => `${system}: no task answers its load balancer`),
      ...(alarmed ?? ['every system']).map(system => `${system}: its alarm does not say that all is well`),
    ];
    return open.length === 0 ? reached('the database takes writes, every system answers, no alarm') : wait(...open);
  },
};

/** Asked for, not awaited: it goes on for as long as the database is large. */
const spread: Step = {
  id: 'spread',
  title: ({ to }) => `the database of ${titleOf(to)} in two zones`,
  deadlineSeconds: 900,
  look: (_, { to: { database } }) => {
    if (database?.twoZones === true) return reached('it is, or was asked to be');
    return isUsable(database) ? change('in one', { do: 'second-zone', at: 'to' }) : wait(`the database is ${database?.status}`);
  },
};

const SWITCH = [
  whoServes,
  stopApplications,
  closeDoors,
  endSessions,
  catchUp,
  promote,
  admit,
  startApplications,
  turnNames,
  verify,
  spread,
];

/** Of a site that is no copy yet; one that is need not be fenced. */
const whileWriter = ({ look, ...step }: Step): Step => ({
  ...step,
  look: (handover, situation) => {
    const serving = servingOf(situation);
    if (situation.from.database === undefined) return refuse(`${titleOf(handover.from)} does not answer`, 'run it again');
    if (serving !== 'to') return refuse(`${titleOf(handover.to)} does not serve`, `nothing is rebuilt from it; see: citydc aws status`);
    return isWriter(situation.from.database) ? look(handover, situation) : reached('it takes no writes');
  },
});

const setAside: Step = {
  id: 'set-aside',
  title: ({ from }) => `the former database of ${titleOf(from)} under another name`,
  deadlineSeconds: 900,
  look: (_, { from: { database, before }, from }) => {
    if (before === undefined) return refuse('nothing tells whether an earlier one is kept', 'run it again');
    if (before) return refuse('one of before is kept there already', 'take from it what only it holds, then delete it by hand');
    if (!mayPromoteOver(from, NOTHING_ACCEPTED)) return refuse('it is not fenced', 'run it again: it fences first');
    const broken = database == null ? undefined : brokenWords('it', database);
    if (broken !== undefined) return broken;
    return isUsable(database) ? change('it would take writes', { do: 'set-aside', at: 'from' }) : wait(`it is ${database?.status}`);
  },
};

/** There is no hurry: what is kept is kept whole. */
const NOTHING_ACCEPTED = { unreachable: false, unfenced: false } as const;

const copy: Step = {
  id: 'copy',
  title: ({ from, to }) => `a copy at ${titleOf(from)} of the database of ${titleOf(to)}`,
  deadlineSeconds: 6 * 3600,
  look: (handover, { from: { database, before } }) => {
    if (database === undefined || before === undefined) return refuse(`${titleOf(handover.from)} does not answer`, 'run it again');
    if (database === null && !before) return refuse('no former database tells what the copy must be', 'deploy the stack of the site');
    if (database === null) return change('none', { do: 'copy', at: 'from' });
    return (
      brokenWords('the copy', database) ??
      (isCopy(database) && isUsable(database) ? reached('it follows') : wait(`the copy is ${database.status}`))
    );
  },
};

/** As its stack has it. At the primary everything stays shut until it takes over again. */
const rest = (id: string, what: string, deadlineSeconds: number, look: Step['look']): Step => ({
  id,
  title: ({ from }) => `${titleOf(from)} stands by: ${what}`,
  deadlineSeconds,
  look: (handover, situation) => (handover.from.role === 'backup' ? look(handover, situation) : reached('shut until it takes over')),
});

/** At either site: no database of before is left, so names may lead to whoever answers. */
const restNames: Step = {
  id: 'rest-names',
  title: ({ from, to }) => `names lead to ${titleOf(from)} or ${titleOf(to)} by their alarms`,
  deadlineSeconds: 120,
  look: (handover, situation) => held(handover, situation, BY_ALARM),
};

const REBUILD = [
  whoServes,
  ...[stopApplications, closeDoors, endSessions, setAside].map(whileWriter),
  copy,
  rest('rest-doors', 'database', 60, (handover, { from }) => doors(from, 'from', admittedAt(handover, handover.from))),
  rest('rest-applications', 'applications', 900, (handover, { from }) => scaled(from, 'from', restingTasks(handover, handover.from))),
  restNames,
];
