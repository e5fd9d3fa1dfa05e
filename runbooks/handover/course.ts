/**
 * Every step of a handover: from what is found to what is to be changed. Pure.
 *
 * A step is reached when it has nothing to change and nothing to wait for. It keeps no state: what a killed run has done is part of what is
 * found, so that running it again continues.
 */

import { type DatabaseSettings, databaseSettings } from '../../infra/aws/plan/database.js';
import { mayPromoteOver } from './fence.js';
import { admittedAt, fullTasks, type Handover, restingTasks, titleOf, type Verb } from './handover.js';
import { isCopy, isWriter, servingOf } from './serving.js';
import type { DatabaseFacts, Ingress, SiteFacts, Situation } from './situation.js';
import { catchUp, closeDoors, endSessions, stopApplications } from './steps/fence.js';
import { restNames, turnNames } from './steps/names.js';
import {
  change,
  type HandoverStep,
  isUsable,
  mark,
  marksOf,
  type Outlook,
  reached,
  refuse,
  refuseBroken,
  unmark,
  wait,
} from './steps/outlook.js';
import { whoServes } from './steps/who-serves.js';

/** The steps of a command, in order. */
export const stepsOf = (verb: Verb): readonly HandoverStep[] => (verb === 'rebuild' ? REBUILD : SWITCH);

const promote: HandoverStep = {
  id: 'promote',
  title: ({ to }) => `promote the copy at ${titleOf(to)}`,
  deadlineSeconds: 3600,
  look: (handover, situation) => {
    const { from, nowMs } = situation;
    const { database } = situation.to;
    if (database == null) return refuse(`${titleOf(handover.to)} has no database, or it does not answer`, 'see: citydc aws status');
    if (isWriter(database)) return alreadyWriter(handover, situation, database);
    const broken = refuseBroken('the copy', database);
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

/** The promotion is done only if this database took over after the other one: a former one takes writes, too, and is behind. */
function alreadyWriter(handover: Handover, situation: Situation, database: DatabaseFacts): Outlook {
  const who = whoServes.look(handover, situation);
  if (who.refused !== undefined) return who;
  return refuseBroken('it', database) ?? (isUsable(database) ? reached('it takes writes') : wait(`promoted: ${database.status}`));
}

const admit: HandoverStep = {
  id: 'admit',
  title: ({ to }) => `admit applications to the database of ${titleOf(to)}`,
  deadlineSeconds: 60,
  look: (handover, { to }) => admission(to, 'to', admittedAt(handover, handover.to)),
};

/** Marks of a fence that was not needed, as of a failover that was broken off, are removed before clients are admitted. */
function admission({ ingress, group, database }: SiteFacts, at: 'from' | 'to', wanted: ReturnType<typeof admittedAt>): Outlook {
  if (ingress === undefined || group === undefined)
    return refuse('its security group is not there, or does not answer', 'see: citydc aws status');
  const rules = wanted.filter(each => !ingress.some(rule => isSame(rule, each)));
  const fences = marksOf(database).map(each => unmark(at, each));
  const openings = rules.length === 0 ? [] : [{ do: 'open', at, group, rules } as const];
  return fences.length + openings.length === 0 ? reached('they are admitted') : change('they are not admitted', ...fences, ...openings);
}

const isSame = (rule: Ingress, { cidr, protocol, from, to }: ReturnType<typeof admittedAt>[number]): boolean =>
  rule.cidr === cidr && rule.protocol === protocol && rule.from === from && rule.to === to;

const startApplications: HandoverStep = {
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

const verify: HandoverStep = {
  id: 'verify',
  title: ({ to }) => `${titleOf(to)} serves`,
  deadlineSeconds: 600,
  look: (_, { to }) => {
    const { database, silent, alarmed } = to;
    const open = [
      ...(isWriter(database) && isUsable(database) ? [] : ['the database does not take writes']),
      ...(silent ?? ['every system']).map(system => `${system}: no task answers its load balancer`),
      ...(alarmed ?? ['every system']).map(system => `${system}: its alarm is not OK`),
    ];
    return open.length === 0 ? reached('the database takes writes, every system answers, no alarm') : wait(...open);
  },
};

/** Requested, not awaited: how long it takes depends on the size of the database. */
const spread: HandoverStep = {
  id: 'spread',
  title: ({ to }) => `the database of ${titleOf(to)} in two zones`,
  deadlineSeconds: 900,
  look: (_, { to: { database } }) => {
    if (database?.settings.twoZones === true) return reached('it is, or this was requested');
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

/** A step for a site whose database still takes writes; a copy need not be fenced. */
const whileWriter = ({ look, ...step }: HandoverStep): HandoverStep => ({
  ...step,
  look: (handover, situation) => {
    const serving = servingOf(situation);
    if (situation.from.database === undefined) return refuse(`${titleOf(handover.from)} does not answer`, 'run it again');
    if (serving !== 'to') return refuse(`${titleOf(handover.to)} does not serve`, `nothing is rebuilt from it; see: citydc aws status`);
    return isWriter(situation.from.database) ? look(handover, situation) : reached('it takes no writes');
  },
});

const setAside: HandoverStep = {
  id: 'set-aside',
  title: ({ from }) => `the former database of ${titleOf(from)} under another name`,
  deadlineSeconds: 900,
  look: (_, { from: { database, before }, from }) => {
    if (before === undefined) return refuse('it is not known whether an earlier one is kept', 'run it again');
    if (before) return refuse('an earlier one is kept there already', 'take from it what only it has, then delete it by hand');
    if (!mayPromoteOver(from, NOTHING_ACCEPTED)) return refuse('it is not fenced', 'run it again: it fences first');
    const broken = database == null ? undefined : refuseBroken('it', database);
    if (broken !== undefined) return broken;
    return isUsable(database) ? change('it would take writes', { do: 'set-aside', at: 'from' }) : wait(`it is ${database?.status}`);
  },
};

/** A rebuild is not urgent: it accepts no database that is not fenced. */
const NOTHING_ACCEPTED = { unreachable: false, unfenced: false } as const;

const copy: HandoverStep = {
  id: 'copy',
  title: ({ from, to }) => `a copy at ${titleOf(from)} of the database of ${titleOf(to)}`,
  deadlineSeconds: 6 * 3600,
  look: (handover, { from: { database, group } }) => {
    if (database === undefined || group === undefined)
      return refuse(`${titleOf(handover.from)} does not answer, or has no security group for a database`, 'see: citydc aws status');
    if (database === null) return change('none', { do: 'copy', at: 'from', group });
    return (
      refuseBroken('the copy', database) ??
      (isCopy(database) && isUsable(database) ? reached('it follows') : wait(`the copy is ${database.status}`))
    );
  },
};

/** RDS makes a copy with settings of its own, and applies another parameter group at a restart only. */
const settle: HandoverStep = {
  id: 'settle',
  title: ({ from }) => `the copy at ${titleOf(from)} as its stack has it`,
  deadlineSeconds: 3600,
  look: ({ city, from }, { from: { database } }) => {
    if (database == null) return refuse(`${titleOf(from)} has no database, or it does not answer`, 'run it again');
    const broken = refuseBroken('the copy', database);
    if (broken !== undefined) return broken;
    if (!isUsable(database)) return wait(`the copy is ${database.status}`);
    const settings = unsettled(database, databaseSettings(city, from));
    const names = Object.keys(settings);
    if (names.length > 0) return change(`other than its stack's: ${names.join(', ')}`, { do: 'settle', at: 'from', settings });
    if (database.parameters === 'pending-reboot') return change('parameters await a restart', { do: 'reboot', at: 'from' });
    return database.parameters === 'in-sync' ? reached('as its stack has it') : wait(`parameters are ${database.parameters}`);
  },
};

const unsettled = ({ settings }: DatabaseFacts, wanted: DatabaseSettings): Partial<DatabaseSettings> =>
  Object.fromEntries(Object.entries(wanted).filter(([name, value]) => settings[name as keyof DatabaseSettings] !== value));

/** A step that brings a site to what its stack has. The primary stays fenced until it takes over again. */
const rest = (id: string, what: string, deadlineSeconds: number, look: HandoverStep['look']): HandoverStep => ({
  id,
  title: ({ from }) => `${titleOf(from)} on standby: ${what}`,
  deadlineSeconds,
  look: (handover, situation) => (handover.from.role === 'backup' ? look(handover, situation) : reached('fenced until it takes over')),
});

const REBUILD = [
  whoServes,
  ...[stopApplications, closeDoors, endSessions, setAside].map(whileWriter),
  copy,
  settle,
  rest('rest-doors', 'database', 60, (handover, { from }) => admission(from, 'from', admittedAt(handover, handover.from))),
  rest('rest-applications', 'applications', 900, (handover, { from }) => scaled(from, 'from', restingTasks(handover, handover.from))),
  restNames,
];
