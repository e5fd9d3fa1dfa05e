/** What wards see while a whole site is lost and comes back: over several drills, in the first after `up`, and on a slowed machine. */

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Judgement } from '../../runbooks/judge/judge.js';
import { CITYDC, citydc, succeed } from '../lab/citydc.js';
import { type FigureName, type Measured, total, worst } from './figures.js';

type Figures = Partial<Record<FigureName, Measured>>;

export async function measureSiteLoss(runs: number, note: (text: string) => void): Promise<Figures> {
  if (runs === 0) return {};
  await succeed('down');
  await succeed('up');
  const judgements: Judgement[] = [];
  for (let run = 1; run <= runs; run++) {
    note(`site loss ${run}/${runs}`);
    // The first finds the city as `up` has left it.
    if (run > 1) await leadEtcdFrom(run % 2 === 0 ? 's1' : 's2');
    judgements.push(JSON.parse((await citydc(['drill', 'run', 'site-loss', '--json'])).stdout) as Judgement);
  }
  return {
    ...outagesOf('', judgements),
    ...outagesOf('first-', judgements.slice(0, 1)),
    'site-loss-lost-writes': total(judgements.map(({ losses }) => losses.reduce((sum, { lost }) => sum + lost.length, 0))),
    'site-loss-two-timelines': total(judgements.map(({ timelines }) => timelines?.violations.length ?? Number.POSITIVE_INFINITY)),
  };
}

/** A city that comes up under the tool, and its first drill. @param slowMachine TOOL COMMAND...: slows the lab's hosts while a command runs */
export async function measureSlowly(slowMachine: string | undefined, note: (text: string) => void): Promise<Figures> {
  if (slowMachine === undefined) return {};
  await succeed('down');
  note('site loss on a slowed machine');
  const script = '"$0" "$1" up --deadline 600 >&2 && { "$0" "$1" drill run site-loss --json || [ $? -lt 3 ]; }';
  const { stdout } = await promisify(execFile)(slowMachine, ['sh', '-c', script, process.execPath, CITYDC], { maxBuffer: 64 << 20 });
  return outagesOf('slow-', [JSON.parse(stdout) as Judgement]);
}

function outagesOf(prefix: '' | 'first-' | 'slow-', judgements: readonly Judgement[]): Figures {
  const of = (state: 'database' | 'none') => judgements.map(({ outages }) => worstOf(outages.filter(row => row.state === state)));
  const returns = judgements.map(returnRows).filter(rows => rows !== undefined);
  return {
    [`${prefix}site-loss-rto-database`]: worst(of('database')),
    [`${prefix}site-loss-rto-none`]: worst(of('none')),
    ...(returns.length < judgements.length ? {} : { [`${prefix}power-return-outage`]: worst(returns.map(worstOf)) }),
    [`${prefix}failback-outage`]: worst(judgements.map(({ failback }) => worstOf(failback))),
  };
}

type Rows = readonly { readonly worst: unknown }[];

/** From the return of power to the planned switchover; undefined in a judgement that says nothing of it. */
const returnRows = ({ powerReturn }: Judgement): Rows | undefined => (powerReturn.length === 0 ? undefined : powerReturn);

/** What was not measured is as bad as can be. */
function worstOf(rows: Rows): number {
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
