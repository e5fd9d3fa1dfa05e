/** What a run does in each of its states. The engine has persisted the state by then. */

import { grouped } from '../../infra/city/grouped.js';
import { WorldError } from '../../infra/city/problem.js';
import { readCluster, switchOver } from '../../infra/fabric/cluster.js';
import { entriesOf } from '../evidence/chain.js';
import { FILES, writeEvidence } from '../evidence/evidence.js';
import { startClients } from './clients.js';
import { collect } from './collect.js';
import { etcdLeader } from './etcd.js';
import { endLeftovers, leftoversIn } from './leftovers.js';
import type { Run } from './run.js';
import { startSentinels } from './sentinels.js';
import type { DrillStep } from './transitions.js';
import { failWhenOpen, Hopeless, steady, until } from './waiting.js';

/** Every step, by the state in which it acts. All of those in a rollback are safe twice. */
export const STEPS = {
  precheck,
  'steady-state': awaitBefore,
  'start-clients': start,
  baseline,
  inject,
  observe,
  heal,
  restore,
  'switch-back': switchBack,
  settle,
  'stop-clients': stop,
  collect,
  'end-clients': endClients,
} as const satisfies Record<DrillStep, (run: Run) => Promise<void>>;

/** A precondition does not hold: nothing was touched. */
export class DrillRefusal extends WorldError {}

const CLIENT_END_SECONDS = 20;
const BASELINE_DEADLINE_SECONDS = 60;
const LEAD_DEADLINE_SECONDS = 120;
const COPIES_POLL_MS = 2000;

async function precheck({ drill, plan, stage }: Run): Promise<void> {
  const found = await Promise.all(drill.preconditions.map(async ({ id, check }) => ({ id, problem: await check(plan, stage.fabric) })));
  const problems = found.filter(({ problem }) => problem !== undefined).map(({ id, problem }) => `${id}: ${problem}`);
  if (problems.length > 0) throw new DrillRefusal(`${drill.name} refuses to start: ${problems.join('; ')}`);
}

async function awaitBefore(run: Run): Promise<void> {
  await steady(run, 'steady state before', run.stage.checks);
  await run.journal.append({ kind: 'steady', checks: run.stage.checks.length });
}

async function start(run: Run): Promise<void> {
  const { id, plan, stage } = run;
  run.sentinels = startSentinels(stage.fabric, id, plan);
  run.clients = startClients(stage.fabric, id, plan);
}

/** Which site answers is checked before the fault: else the drill would measure another path. */
async function baseline(run: Run): Promise<void> {
  const { plan } = run;
  const wanted = plan.limits.baselineSeconds;
  const open = await until(run, 'baseline', BASELINE_DEADLINE_SECONDS, async () => [
    ...(run.sentinels?.waiting() ?? []),
    ...notGood(run, wanted),
    ...(run.clients?.sights() ?? [])
      .filter(({ site }) => site !== undefined && site !== plan.primary)
      .map(({ ward, system, site }) => `${system} answers ${ward} from ${site}, not ${plan.primary}`),
  ]);
  failWhenOpen('baseline', BASELINE_DEADLINE_SECONDS, open);
  const { leader = '', ...cluster } = await readCluster(run.stage.fabric, plan.databases);
  await run.journal.append({ kind: 'cluster', leader, timeline: cluster.timeline, synchronous: [...cluster.synchronous] });
  await run.journal.append({ kind: 'etcd', leader: await etcdLeader(run.stage) });
}

async function inject({ id, drill, plan, stage, journal }: Run): Promise<void> {
  const beganAtMs = stage.nowMs();
  const fault = await stage.fabric.inject(drill.fault(plan), { by: id, healAfterSeconds: plan.limits.healAfterSeconds });
  const doneAtMs = stage.nowMs();
  const { means, healBy } = fault;
  await journal.append({ kind: 'fault', id: fault.id, hosts: plan.faultHosts, healBy, means, beganAtMs, doneAtMs });
}

/** A system that is late does not stop the drill: the judge decides. */
async function observe(run: Run): Promise<void> {
  const { goodSeconds, observeSeconds } = run.plan.limits;
  run.clients?.recount();
  const open = await until(run, 'primary site is off', observeSeconds, async () => notGood(run, goodSeconds));
  await run.journal.append({ kind: 'answered', everywhere: open.length === 0, open: [...open] });
}

async function heal({ id, stage, journal, clients }: Run): Promise<void> {
  const mine = (await stage.fabric.faults()).filter(({ by }) => by === id).map(fault => fault.id);
  if (mine.length === 0) return;
  const beganAtMs = stage.nowMs();
  stage.progress('power returns to the primary site');
  await stage.fabric.heal(mine);
  clients?.recount();
  await journal.append({ kind: 'healed', ids: mine, beganAtMs, doneAtMs: stage.nowMs() });
}

/** All but the database's leader: it moves back by plan, when every copy is synchronous again and every ward gets good answers. */
async function restore(run: Run): Promise<void> {
  const { stage, plan } = run;
  await steady(
    run,
    'restoring',
    stage.checks.filter(({ kind }) => kind !== 'database'),
  );
  const open = await until(run, 'restoring the copies', plan.limits.steadySeconds, () => copiesOpen(run), COPIES_POLL_MS);
  failWhenOpen('restoring the copies', plan.limits.steadySeconds, open);
  await goodEverywhere(run, 'restoring');
}

async function copiesOpen({ stage, plan }: Run): Promise<readonly string[]> {
  const { leader, synchronous } = await readCluster(stage.fabric, plan.databases);
  if (leader === undefined) return ['no database leads'];
  return plan.databases
    .filter(({ host }) => host !== leader && !synchronous.includes(host))
    .map(({ host }) => `${host} is not a synchronous standby yet`);
}

/** Repeats the request until it is done: Patroni refuses while a candidate still catches up. */
async function switchBack(run: Run): Promise<void> {
  const open = await until(run, 'switching back', LEAD_DEADLINE_SECONDS, async () => {
    if (await leadsAtPrimary(run)) return [];
    await switchOnce(run);
    return ['Patroni has handed over'];
  });
  failWhenOpen('switching back', LEAD_DEADLINE_SECONDS, open);
}

async function switchOnce({ plan, stage, journal }: Run): Promise<void> {
  const { leader, synchronous } = await readCluster(stage.fabric, plan.databases);
  const before = entriesOf(journal.entries(), 'cluster').at(-1)?.leader;
  const atPrimary = plan.databases.filter(({ site, host }) => site === plan.primary && synchronous.includes(host)).map(({ host }) => host);
  const candidate = atPrimary.find(host => host === before) ?? atPrimary[0];
  if (leader === undefined || candidate === undefined)
    throw new WorldError('there is no database host that could take over', { hint: 'see `citydc status`' });
  stage.progress(`switching back from ${leader} to ${candidate}`);
  const beganAtMs = stage.nowMs();
  await journal.append({ kind: 'handing-over', leader, candidate });
  await switchOver(stage.fabric, leader, candidate);
  await journal.append({ kind: 'switchover', leader, candidate, beganAtMs, doneAtMs: stage.nowMs() });
}

async function leadsAtPrimary({ plan, stage }: Run): Promise<boolean> {
  const { leader } = await readCluster(stage.fabric, plan.databases);
  return plan.databases.some(({ host, site }) => host === leader && site === plan.primary);
}

async function settle(run: Run): Promise<void> {
  await steady(run, 'settling', run.stage.checks);
  run.clients?.recount();
  await goodEverywhere(run, 'settling');
  await run.journal.append({ kind: 'steady', checks: run.stage.checks.length });
}

/** Waits until every system has answered every ward for a while; in a recovery there are no clients, and nothing is waited for. */
async function goodEverywhere(run: Run, doing: string): Promise<void> {
  if (run.clients === undefined) return;
  const { goodSeconds, steadySeconds } = run.plan.limits;
  failWhenOpen(doing, steadySeconds, await until(run, doing, steadySeconds, async () => notGood(run, goodSeconds)));
}

/** The sentinels last: they run for as long as anything is measured. */
async function stop(run: Run): Promise<void> {
  await run.clients?.end();
  run.clients = undefined;
  const said = await run.sentinels?.end();
  for (const [host, text] of said ?? []) await writeEvidence(run.folder, FILES.sentinel(host), text);
  run.sentinels = undefined;
}

/** Clients of this process end in order, those of a dead one by signal. */
async function endClients(run: Run): Promise<void> {
  const { id, plan, stage } = run;
  await stop(run);
  await endLeftovers(stage.fabric, id, plan);
  const left = await until(run, 'ending clients', CLIENT_END_SECONDS, () => leftoversIn(stage.fabric, id, plan));
  failWhenOpen('ending clients', CLIENT_END_SECONDS, left);
}

/** Systems that do not answer everywhere for long enough. @throws {Hopeless} when a client is gone: what follows could not be measured */
function notGood({ clients, sentinels, plan, stage }: Run, wantedSeconds: number): readonly string[] {
  for (const news of sentinels?.news() ?? []) stage.note(news);
  const [gone] = clients?.gone() ?? [];
  if (gone !== undefined) throw new Hopeless(`the client in ${gone.ward} has ended`, { cause: gone.why, hint: 'see `citydc status`' });
  const [blind] = sentinels?.gone() ?? [];
  if (blind !== undefined)
    throw new Hopeless(`the sentinel in ${blind.host} has ended`, {
      cause: blind.why,
      hint: 'see `citydc status`; a city from before it needs `citydc up`',
    });
  const open = (clients?.sights() ?? []).filter(({ goodSeconds }) => goodSeconds < wantedSeconds);
  return [...grouped(open, ({ system }) => [system])].map(
    ([system, sights]) => `${system} (${sights.length === plan.wards.length ? 'everywhere' : sights.map(({ ward }) => ward).join(', ')})`,
  );
}
