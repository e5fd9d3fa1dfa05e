/**
 * `npm run bench [-- --checks N --synths N --ups N --drills N --cuts N --dockers N --fresh-machine TOOL]`: prints a JSON row per figure.
 * Takes the city of this checkout down and up again. TOOL CHECKOUT COMMAND runs a command in a clone on a pristine machine.
 */

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Judgement } from '../../runbooks/judge.js';
import { citydc, succeed } from '../lab/citydc.js';
import { measureDesign } from './design.js';
import { measureDocker } from './docker.js';
import { measureEyes } from './eyes.js';
import { type FigureName, type Measured, median, rowsOf, timed, total, worst } from './figures.js';
import { measureSynthesis } from './synthesis.js';
import { traces } from './traces.js';

type Figures = Partial<Record<FigureName, Measured>>;

const { values: options } = parseArgs({
  options: {
    checks: { type: 'string', default: '3' },
    synths: { type: 'string', default: '3' },
    ups: { type: 'string', default: '3' },
    drills: { type: 'string', default: '10' },
    cuts: { type: 'string', default: '5' },
    dockers: { type: 'string', default: '3' },
    'fresh-machine': { type: 'string' },
  },
});
const loadBefore = loadavg();
const measured: Figures = {
  ...(await measureDesign(Number(options.checks), note)),
  ...(await measureSynthesis(Number(options.synths), note)),
  ...(await measureLab(Number(options.ups))),
  ...(await measureSiteLoss(Number(options.drills))),
  ...(await measureEyes(Number(options.cuts), note)),
  ...(await measureOnDocker(Number(options.dockers))),
  ...(await measureFirstStart(options['fresh-machine'])),
};
console.log(
  JSON.stringify(
    { schema: 1, node: process.version, load: { before: loadBefore, after: loadavg() }, rows: rowsOf(measured) },
    undefined,
    1,
  ),
);

interface Up {
  readonly seconds: { readonly hosts: number; readonly steady: number };
}

async function measureLab(runs: number): Promise<Figures> {
  if (runs === 0) return {};
  const ups: Up[] = [];
  const [downs, memory, left]: [number[], number[], number[]] = [[], [], []];
  await succeed('down');
  for (let run = 1; run <= runs; run++) {
    note(`up and down ${run}/${runs}`);
    await quietMachine();
    const before = availableGib();
    ups.push(JSON.parse(await succeed('up', '--json')) as Up);
    memory.push(before - availableGib());
    downs.push(await timed(() => succeed('down')));
    left.push(Object.values(traces()).flat().length);
  }
  return {
    'hosts-and-wiring': median(ups.map(({ seconds }) => seconds.hosts)),
    'up-to-steady-state': median(ups.map(({ seconds }) => seconds.steady)),
    'memory-of-the-city': median(memory),
    down: median(downs),
    'left-after-down': worst(left),
  };
}

async function measureSiteLoss(runs: number): Promise<Figures> {
  if (runs === 0) return {};
  await succeed('up');
  const judgements: Judgement[] = [];
  for (let run = 1; run <= runs; run++) {
    note(`site loss ${run}/${runs}`);
    await leadEtcdFrom(run % 2 === 0 ? 's1' : 's2');
    judgements.push(JSON.parse((await citydc(['drill', 'run', 'site-loss', '--json'])).stdout) as Judgement);
  }
  const outages = (state: 'database' | 'none') => judgements.map(({ outages: all }) => worstOf(all.filter(row => row.state === state)));
  return {
    'site-loss-rto-database': worst(outages('database')),
    'site-loss-rto-none': worst(outages('none')),
    'site-loss-lost-writes': total(judgements.map(({ losses }) => losses.reduce((sum, { lost }) => sum + lost.length, 0))),
    'site-loss-two-timelines': total(judgements.map(({ timelines }) => timelines?.violations.length ?? Number.POSITIVE_INFINITY)),
    'power-return-outage': worst(judgements.map(({ powerReturn }) => worstOf(powerReturn))),
    'failback-outage': worst(judgements.map(({ failback }) => worstOf(failback))),
    'later-outage': worst(judgements.map(({ later }) => worstOf(later))),
  };
}

async function measureOnDocker(runs: number): Promise<Figures> {
  if (runs > 0) await succeed('down');
  return measureDocker(runs, quietMachine, note);
}

async function measureFirstStart(freshMachine: string | undefined): Promise<Figures> {
  if (freshMachine === undefined) return {};
  await succeed('down');
  await quietMachine();
  note('npm start on a fresh machine');
  // Timed inside: making the pristine machine is not part of it.
  const script = 'start=$(date +%s.%N); npm start >&2 && echo "$start $(date +%s.%N)"';
  const output = execFileSync(freshMachine, ['.', 'bash', '-c', script], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  const [start = Number.NaN, end = Number.NaN] = (output.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
  return { 'first-start-on-a-fresh-machine': median([end - start]) };
}

/** What was not measured is as bad as can be. */
function worstOf(rows: readonly { readonly worst: unknown }[]): number {
  return Math.max(...rows.map(row => (typeof row.worst === 'number' ? row.worst : Number.POSITIVE_INFINITY)));
}

/** Hands etcd's leadership to a site: losing it with the site costs a little more. */
async function leadEtcdFrom(site: string): Promise<void> {
  const script = `export ETCDCTL_API=3 ETCDCTL_ENDPOINTS=$(sed -n 's/^initial-cluster: //p' /etc/etcd/etcd.yml | sed 's/[^,]*=//g; s/2380/2379/g')
leads() { etcdctl endpoint status | awk -F', ' '$5 == "true" { print $2, $1 }'; }
wanted=$(etcdctl member list | awk -F', ' '$3 ~ /^${site}-/ { print $1 }')
set -- $(leads)
[ "$1" = "$wanted" ] || ETCDCTL_ENDPOINTS=$2 etcdctl move-leader "$wanted"
set -- $(leads)
[ "$1" = "$wanted" ]`;
  await succeed('exec', `${site}-etcd1`, '--', 'sh', '-c', script);
}

/** The kernel takes a city's namespaces apart for seconds after `down` has returned; that is not the next run's time. */
async function quietMachine(): Promise<void> {
  for (let waited = 0; waited < 60; waited++) {
    const before = cpuTicks();
    await pause(1000);
    const now = cpuTicks();
    if ((now.idle - before.idle) / (now.all - before.all) > 0.95) return;
  }
  throw new Error('the machine does not become quiet: end what else is running and start the bench again');
}

function cpuTicks(): { readonly idle: number; readonly all: number } {
  const [, ...ticks] = (/^cpu .*/.exec(readFileSync('/proc/stat', 'utf8'))?.[0] ?? '').split(/ +/).map(Number);
  return { idle: ticks[3] ?? 0, all: ticks.reduce((sum, value) => sum + value, 0) };
}

function availableGib(): number {
  return Number(/MemAvailable: +(\d+) kB/.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]) / 2 ** 20;
}

function note(text: string): void {
  console.error(text);
}
