/** Reads from a running city whether it is in steady state: answers the checks of `steady-state.ts` through a Fabric. */

import { setTimeout as pause } from 'node:timers/promises';
import pLimit from 'p-limit';
import * as z from 'zod/mini';
import { AGENT_FRESH_SECONDS } from '../../agents/contract/cadence.js';
import { select } from '../../agents/contract/metrics/select.js';
import { readJson } from '../city/json.js';
import { WorldError } from '../city/problem.js';
import { ETCD_CURL_FILE } from '../site/programs/etcd.js';
import { readCluster } from './cluster.js';
import { differences, type Exec, kernelRoutes, READ_ROUTES } from './compare-routes.js';
import type { Fabric } from './fabric.js';
import type { Check, CheckResult } from './steady-state.js';

const AT_ONCE = 4;
const EXEC_TIMEOUT_MS = 15_000;
/** The least pause between two rounds. It is never shorter than the round itself: watching a city start must not slow it down. */
const ROUND_PAUSE_MS = 300;

type Finding = Omit<CheckResult, 'check'>;
type Of<K extends Check['kind']> = Extract<Check, { kind: K }>;

/** Answers every check once. A check that cannot be read is `unknown`, and never hides another. */
export function observe(checks: readonly Check[], fabric: Fabric, signal?: AbortSignal): Promise<readonly CheckResult[]> {
  const limit = pLimit(AT_ONCE);
  return Promise.all(checks.map(check => limit(() => answer(check, fabric, signal))));
}

/** How to wait for steady state. */
export interface Waiting {
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  /** Repairs that are part of the wait, called after every round with what it found late. */
  readonly repair?: (late: readonly CheckResult[]) => Promise<void>;
  /** Called after every round: what it found late, and how many checks hold of how many. */
  readonly progress: (late: readonly CheckResult[], hold: number, of: number) => void;
}

/**
 * Waits until every check holds. Checks are in the order in which a city comes up, so each round asks only the first few that do not
 * hold yet; in the end all are asked again together.
 *
 * @returns the checks that do not hold at the deadline; none when the city is healthy
 */
export async function awaitSteady(
  checks: readonly Check[],
  fabric: Fabric,
  { deadlineMs, signal, progress, repair }: Waiting,
): Promise<readonly CheckResult[]> {
  const giveUpAt = performance.now() + deadlineMs;
  let open = checks;
  for (;;) {
    const last = open.length === 0 || performance.now() > giveUpAt;
    const asked = last ? checks : open.slice(0, AT_ONCE);
    const askedAt = performance.now();
    const late = (await observe(asked, fabric, signal)).filter(({ state }) => state !== 'ok');
    signal.throwIfAborted();
    const lateIds = new Set(late.map(({ check }) => check));
    open = [...checks.filter(({ id }) => lateIds.has(id)), ...(last ? [] : open.slice(AT_ONCE))];
    progress(late, checks.length - open.length, checks.length);
    if (last && (open.length === 0 || performance.now() > giveUpAt)) return late;
    const tookMs = performance.now() - askedAt;
    await repair?.(late);
    if (late.length > 0) await pause(Math.max(ROUND_PAUSE_MS, tookMs), undefined, { signal });
  }
}

async function answer(check: Check, fabric: Fabric, signal: AbortSignal | undefined): Promise<CheckResult> {
  try {
    return { check: check.id, ...(await ask(check, fabric, signal)) };
  } catch (error) {
    if (error instanceof WorldError) return { check: check.id, state: 'unknown', detail: error.message };
    throw error;
  }
}

function ask(check: Check, fabric: Fabric, signal: AbortSignal | undefined): Promise<Finding> {
  const exec: Exec = (host, command) =>
    fabric.exec(host, command, { timeoutMs: EXEC_TIMEOUT_MS, ...(signal === undefined ? {} : { signal }) });
  switch (check.kind) {
    case 'faults':
      return faults(fabric);
    case 'power':
      return power(check, fabric);
    case 'routes':
      return routes(check, exec);
    case 'quorum':
      return quorum(check, exec);
    case 'database':
      return database(check, fabric);
    case 'services':
      return services(check, exec);
    case 'scrapes':
      return scrapes(check, exec);
    case 'agents':
      return agents(check, exec);
    case 'archive':
      return archive(check, exec);
  }
}

const verdict = (missing: readonly string[], ok: string): Finding =>
  missing.length === 0 ? { state: 'ok', detail: ok } : { state: 'late', detail: shorten(missing) };
const shorten = (list: readonly string[]): string =>
  list.length <= 3 ? list.join('; ') : `${list.slice(0, 3).join('; ')}; and ${list.length - 3} more`;

async function faults(fabric: Fabric): Promise<Finding> {
  const active = await fabric.faults();
  return verdict(
    active.map(({ id, fault }) => `${id} (${fault.do}) is active`),
    'no fault is active',
  );
}

async function power({ hosts }: Of<'power'>, fabric: Fabric): Promise<Finding> {
  const off = (await fabric.hosts()).filter(host => host.power === 'off').map(({ name }) => `${name} is off`);
  return verdict(off, `${hosts.length} hosts are on`);
}

const bgpSummary = z.object({ peers: z.optional(z.record(z.string(), z.object({ state: z.string() }))) });
const bfdPeers = z.array(z.object({ peer: z.string(), status: z.string() }));
const routeMaps = z.object({
  BGP: z.record(z.string(), z.object({ rules: z.array(z.object({ type: z.string(), invoked: z.number() })) })),
});

async function routes({ host, peers, routes: wanted }: Of<'routes'>, exec: Exec): Promise<Finding> {
  const { stdout } = await exec(host, ['sh', '-c', `${READ_SESSIONS}; ${READ_ROUTES}; echo ----; chrt -p "$(pidof bfdd)"`]);
  const [summary = '', bfd = '', maps = '', v4 = '', v6 = '', policy = ''] = stdout.split('----\n');
  if (!summary.includes('{') || !bfd.includes('[')) return { state: 'late', detail: 'bgpd or bfdd does not answer yet' };
  const states = readJson(bgpSummary, summary, 'the summary of bgpd').peers ?? {};
  const watched = new Set(readJson(bfdPeers, bfd, 'the peers of bfdd').flatMap(({ peer, status }) => (status === 'up' ? [peer] : [])));
  const silent = peers.flatMap(peer => {
    if (states[peer]?.state !== 'Established') return [`no BGP session with ${peer}`];
    return watched.has(peer) ? [] : [`no BFD session with ${peer}: a silent line would be noticed late`];
  });
  const astray = differences(host, wanted, kernelRoutes([v4, v6])).map(
    ({ prefix, found, predicted }) => `${prefix} goes ${found === 'nowhere' ? '' : 'to '}${found}, not ${predicted}`,
  );
  const how = policy.includes('SCHED_RR') ? 'in real time' : 'without real-time priority, which this machine does not grant';
  return verdict(
    [...silent, ...astray],
    `${peers.length} BGP sessions, ${wanted.length} routes as planned, ${how}${refusedBy(readJson(routeMaps, maps, 'the route maps of bgpd'))}`,
  );
}

/** The sessions of bgpd and of bfdd, and how often each entry of a route map applied. */
const READ_SESSIONS = [
  "-d bgpd -c 'show bgp ipv4 unicast summary json'",
  "-d bfdd -c 'show bfd peers json'",
  "-d bgpd -c 'show route-map json'",
]
  .map(words => `vtysh ${words}`)
  .join('; echo ----; ');

/** Neighbours whose announcements were refused since bgpd started, with how many. Past, so no reason to wait. */
function refusedBy({ BGP }: z.output<typeof routeMaps>): string {
  const refused = Object.entries(BGP).flatMap(([name, { rules }]) => {
    const count = rules.filter(({ type }) => type === 'deny').reduce((sum, { invoked }) => sum + invoked, 0);
    return count === 0 ? [] : [`${count} of ${name.replace(/-IN$/, '').toLowerCase()}`];
  });
  return refused.length === 0 ? '' : `; announcements refused that are not the neighbour's own: ${refused.join(', ')}`;
}

async function quorum({ members, urls }: Of<'quorum'>, exec: Exec): Promise<Finding> {
  const missing = await Promise.all(
    members.map(async (member, index) => {
      const { stdout } = await exec(member, ['curl', '-s', '-m', '2', '-K', ETCD_CURL_FILE, urls[index] ?? '']);
      return stdout.includes('"health":"true"') ? [] : [`${member} has no quorum`];
    }),
  );
  return verdict(missing.flat(), `${members.length} members in quorum`);
}

async function database({ members, leaders }: Of<'database'>, fabric: Fabric): Promise<Finding> {
  const { leader, synchronous } = await readCluster(fabric, members);
  const standbys = members.filter(({ host }) => host !== leader);
  const problems = [
    ...(leader === undefined ? ['no leader'] : []),
    ...(leader === undefined || leaders.includes(leader)
      ? []
      : [`the leader is ${leader}, not at the primary (\`citydc up\` hands it back)`]),
    ...standbys.filter(({ host }) => !synchronous.includes(host)).map(({ host }) => `${host} is not a synchronous standby`),
  ];
  return verdict(problems, `leader ${leader}, ${standbys.length} synchronous standbys`);
}

const canaryAnswer = z.object({ site: z.optional(z.string()), ready: z.optional(z.boolean()) });

async function services({ from, site, systems }: Of<'services'>, exec: Exec): Promise<Finding> {
  // One curl asks them all; one that does not answer within three seconds leaves an empty text before its mark.
  const { stdout } = await exec(from, ['curl', '-s', '-m', '3', '-w', '\\n----\\n', ...systems.map(({ url }) => url)]);
  const answers = stdout.split('\n----\n').map(answer => answer.trim());
  const wrong = systems.flatMap(({ key, url }, index) => {
    const text = answers[index] ?? '';
    if (!text.startsWith('{')) return [`${key} does not answer at ${url}`];
    const answered = readJson(canaryAnswer, text, `the answer of ${key}`);
    if (answered.site !== site) return [`${key} answers from ${answered.site ?? 'nowhere'}, not ${site}`];
    return answered.ready === false ? [`${key} is not ready`] : [];
  });
  return verdict(wrong, `${systems.length} service addresses answer ${from} from ${site}`);
}

const target = z.object({ health: z.string(), labels: z.object({ job: z.string() }) });
const targetList = z.object({ data: z.object({ activeTargets: z.array(target) }) });
const queryAnswer = z.object({ data: z.object({ result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })) }) });

/** The value of a query with one sample, 0 when it has none; undefined while Prometheus does not answer. */
async function queryNumber(exec: Exec, host: string, address: string, query: string): Promise<number | undefined> {
  const words = ['curl', '-s', '-m', '5', '--data-urlencode', `query=${query}`, `http://${address}/api/v1/query`];
  const { stdout } = await exec(host, words);
  if (stdout === '') return undefined;
  const [sample] = readJson(queryAnswer, stdout, 'the answer of Prometheus').data.result;
  return Number(sample?.value[1] ?? 0);
}

const NO_PROMETHEUS: Finding = { state: 'late', detail: 'Prometheus does not answer yet' };

async function agents({ host, address, expected }: Of<'agents'>, exec: Exec): Promise<Finding> {
  const heard = await queryNumber(
    exec,
    host,
    address,
    `count(time() - timestamp(${select('citydc_agent_info')}) < ${AGENT_FRESH_SECONDS})`,
  );
  if (heard === undefined) return NO_PROMETHEUS;
  return verdict(heard === expected ? [] : [`${heard} of ${expected} agents are heard of`], `${expected} agents are heard of`);
}

async function scrapes({ host, address, targets, probes }: Of<'scrapes'>, exec: Exec): Promise<Finding> {
  const [listing, answering] = await Promise.all([
    exec(host, ['curl', '-s', '-m', '5', `http://${address}/api/v1/targets?state=active`]),
    queryNumber(exec, host, address, `count(${select('probe_success')} == 1)`),
  ]);
  if (listing.stdout === '' || answering === undefined) return NO_PROMETHEUS;
  const active = readJson(targetList, listing.stdout, 'the targets of Prometheus').data.activeTargets;
  const up = countBy(active);
  const missing = Object.entries(targets).flatMap(([job, wanted]) =>
    (up.get(job) ?? 0) === wanted ? [] : [`${job}: ${up.get(job) ?? 0} of ${wanted} targets up`],
  );
  return verdict(
    [...missing, ...(answering === probes ? [] : [`${answering} of ${probes} probed addresses answer`])],
    `${active.length} targets up, ${probes} probed addresses answer`,
  );
}

function countBy(active: readonly z.infer<typeof target>[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { health, labels } of active) if (health === 'up') counts.set(labels.job, (counts.get(labels.job) ?? 0) + 1);
  return counts;
}

const archiveInfo = z.array(
  z.object({ archive: z.optional(z.array(z.object({ max: z.nullable(z.string()) }))), status: z.object({ message: z.string() }) }),
);

async function archive({ host, stanza }: Of<'archive'>, exec: Exec): Promise<Finding> {
  const { stdout } = await exec(host, ['chpst', '-u', 'postgres', 'pgbackrest', '--output=json', `--stanza=${stanza}`, 'info']);
  const [info] = readJson(archiveInfo, stdout, 'the answer of pgBackRest');
  const newest = info?.archive?.at(-1)?.max;
  return newest === undefined || newest === null
    ? { state: 'late', detail: `no log archived yet (${info?.status.message ?? 'no stanza'})` }
    : { state: 'ok', detail: `archived up to ${newest}` };
}
