/** `npm run bench [-- --ups N --drills N]`: prints a JSON row per figure. Takes the city of this checkout down and up again. */

import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import type { Judgement } from '../../runbooks/judge.js';
import { citydc, succeed } from '../lab/citydc.js';
import { type FigureName, type Measured, median, rowsOf, total, worst } from './figures.js';
import { traces } from './traces.js';

type Figures = Partial<Record<FigureName, Measured>>;

const { values: options } = parseArgs({ options: { ups: { type: 'string', default: '3' }, drills: { type: 'string', default: '10' } } });
const loadBefore = loadavg();
const lab = await measureLab(Number(options.ups));
const measured: Figures = { ...(await measureCheck()), ...lab, ...(await measureSiteLoss(Number(options.drills))) };
console.log(
  JSON.stringify(
    { schema: 1, node: process.version, load: { before: loadBefore, after: loadavg() }, rows: rowsOf(measured) },
    undefined,
    1,
  ),
);

async function measureCheck(): Promise<Figures> {
  return { 'check-2022': median(await times(5, () => timed(() => succeed('check')))) };
}

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
    'failback-outage': worst(judgements.map(({ failback }) => worstOf(failback))),
  };
}

/** What was not measured is as bad as can be. */
const worstOf = (rows: readonly { readonly worst: unknown }[]): number =>
  Math.max(...rows.map(row => (typeof row.worst === 'number' ? row.worst : Number.POSITIVE_INFINITY)));

/** Hands etcd's leadership to a site: losing it with the site costs a little more. */
async function leadEtcdFrom(site: string): Promise<void> {
  const script = `export ETCDCTL_API=3 ETCDCTL_ENDPOINTS=$(sed -n 's/^initial-cluster: //p' /etc/etcd/etcd.yml | sed 's/[^,]*=//g; s/2380/2379/g')
leader=$(etcdctl endpoint status | awk -F', ' '$5 == "true" { print $1 }')
wanted=$(etcdctl member list | awk -F', ' '$3 ~ /^${site}-/ { print $1 }')
unset ETCDCTL_ENDPOINTS; etcdctl --endpoints="$leader" move-leader "$wanted"`;
  await citydc(['exec', `${site}-etcd1`, '--', 'sh', '-c', script]);
}

const availableGib = (): number => Number(/MemAvailable: +(\d+) kB/.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]) / 2 ** 20;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

async function times<T>(count: number, work: () => Promise<T>): Promise<readonly T[]> {
  const results: T[] = [];
  for (let index = 0; index < count; index++) results.push(await work());
  return results;
}

function note(text: string): void {
  console.error(text);
}
