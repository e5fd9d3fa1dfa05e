/**
 * Every figure that the product promises: what, how much at most, and what it is measured in. A row that is missing is an error.
 *
 * What a slower machine does more slowly has a floor, measured in the same run, and may take so many times of that.
 */
export const FIGURES = {
  'hosts-and-wiring': {
    timesFloor: 2,
    unit: 's',
    what: 'namespaces, wires, disks and hosts of the whole city, before services are ready; floor: bare containers and wires of the same number',
  },
  'up-to-steady-state': {
    timesFloor: 5.7,
    unit: 's',
    what: 'citydc up from a cached image, until everything is as it should be; floor: 150 bare starts of Node, two at a time',
  },
  'up-processor-time': {
    timesFloor: 3.4,
    unit: 's',
    what: 'processor time of all that it runs, the whole city included; floor: that of 150 bare starts of Node; 3.4 is half of what 7a8082d took',
  },
  'second-start': { target: 5, unit: 's', what: 'npm start on a running city; floor: npm that only says its version' },
  'idle-cores': {
    target: 0.7,
    unit: 'cores',
    what: 'processors that a city in steady state takes of the machine, over a minute, without what the machine takes by itself',
  },
  'memory-of-the-city': { target: 12, unit: 'GiB', what: 'available memory that the steady city takes from the machine' },
  down: { target: 5, unit: 's', what: 'citydc down; floor: the bare containers and wires' },
  'left-after-down': { target: 0, unit: 'count', what: 'mounts, processes, devices, listeners and control groups that are left' },
  'first-start-on-a-fresh-machine': { target: 180, unit: 's', what: 'npm start on a pristine Debian 12, empty caches' },
  'check-2022': { target: 1, unit: 's', what: 'citydc check, processor time, start of Node included; floor: a bare start of Node' },
  'check-2022-wall': { target: 0.5, unit: 's', what: 'the same by the clock on the wall' },
  help: { target: 0.15, unit: 's', what: 'node_modules/.bin/citydc --help, by the clock on the wall; floor: a bare start of Node' },
  'check-country': {
    target: 10,
    unit: 's',
    what: 'the same for 10,600 endpoints on 707 aggregation nodes, all pairs of failures included',
  },
  'check-country-memory': { target: 1024, unit: 'MB', what: 'largest resident memory of it' },
  'check-exponent': { target: 1.2, unit: '', what: 'of its processor time in the number of endpoints, fitted from 100 to 10,000' },
  'synth-aws-2022': { target: 12, unit: 's', what: 'citydc synth-aws, processor time, the packs and the start of Node included' },
  'synth-aws-1000': { target: 30, unit: 's', what: 'the same for 1,000 endpoints' },
  'aws-largest-stack': { target: 450, unit: 'count', what: 'resources of the largest stack at 10,000 endpoints; AWS takes 500' },
  ...drills('', 'over all drills'),
  'site-loss-lost-writes': { target: 0, unit: 'count', what: 'acknowledged writes that were gone, over all runs' },
  'site-loss-two-timelines': { target: 0, unit: 'count', what: 'writes acknowledged on a timeline that had ended, over all runs' },
  'ward-cut-to-notification': { target: 20, unit: 's', what: "a ward's line cut, until its notification has arrived, worst" },
  'district-cut-to-notification': { target: 20, unit: 's', what: "a district's uplinks cut, until its notification has arrived, worst" },
  'notifications-a-cut': { target: 1, unit: 'count', what: 'notifications of one cut, half a minute later, worst' },
  'agent-rss': { target: 64, unit: 'MB', what: 'memory of a ward agent, shared pages included, the largest of the city' },
  'agent-anonymous-memory': { target: 24, unit: 'MB', what: 'memory of a ward agent that is its own alone, the largest of the city' },
  'agent-cpu': { target: 0.5, unit: '%', what: 'of one processor, a ward agent, the busiest of the city' },
  'agent-series': { target: 100, unit: 'count', what: 'series of a ward agent, the largest of the city' },
  'rules-evaluation': { target: 100, unit: 'ms', what: 'all rules of the city once, 95th percentile' },
  'docker-synthesis': { target: 5, unit: 's', what: 'the stack of the whole city, written by cdktf, start of Node included' },
  'docker-up-to-steady-state': {
    target: 90,
    unit: 's',
    what: 'the whole city applied to one Docker host that has the image, until it is healthy',
  },
  'docker-second-plan': { target: 15, unit: 's', what: 'terraform plan of what runs' },
  'docker-second-plan-changes': { target: 0, unit: 'count', what: 'resources that it would change, worst' },
  'docker-destroy': { target: 30, unit: 's', what: 'citydc --fabric docker down --data' },
  ...drills('first-', 'in the first drill after `up`'),
  ...drills('slow-', 'in the first drill after `up`, all hosts together on a part of the processors (--slow-machine)'),
} as const satisfies Record<string, Promised>;

/** At most so much, or so many times the floor of the same run. */
type Promised = { readonly unit: 's' | 'ms' | 'GiB' | 'MB' | '%' | 'cores' | 'count' | ''; readonly what: string } & (
  | { readonly target: number }
  | { readonly timesFloor: number }
);

export type FigureName = keyof typeof FIGURES;

/** What a drill promises, under names of its own for each kind of run. */
function drills<const P extends '' | 'first-' | 'slow-'>(prefix: P, when: string) {
  const row = <const N extends string>(name: N, target: number, what: string) =>
    ({ [`${prefix}${name}`]: { target, unit: 's', what: `${what}, ${when}` } }) as Record<
      `${P}${N}`,
      { readonly target: number; readonly unit: 's'; readonly what: string }
    >;
  return {
    ...row('site-loss-rto-database', 30, 'worst outage that a ward saw of a system with state'),
    ...row('site-loss-rto-none', 2, 'worst outage that a ward saw of a system without state'),
    ...row('power-return-outage', 2, 'worst outage of any system while the power of the lost site returned'),
    ...row('failback-outage', 5, 'worst outage of the planned way back'),
  };
}

/** What one run or several say of a figure. `values` are the single runs; the row quotes their median, or the worst where it says so. */
export interface Measured {
  readonly measured: number;
  readonly values: readonly number[];
  /** The least that this machine takes for as much, in the same run and unit. */
  readonly floor?: number;
  /** Processor time of it, where the figure itself is of the clock on the wall. */
  readonly processorSeconds?: number;
  /** The parts of it, the largest first. */
  readonly parts?: Readonly<Record<string, number>>;
}

export interface Row extends Partial<Measured> {
  readonly figure: FigureName;
  readonly what: string;
  /** In this run: of a multiple of the floor only where that was measured. */
  readonly target?: number;
  readonly timesFloor?: number;
  /** Of what was measured to its floor. */
  readonly ratio?: number;
  readonly unit: string;
  readonly verdict: 'met' | 'missed' | 'not-run';
}

/** A row for every figure; those not measured are `not-run`, and so is a multiple of a floor not measured. */
export const rowsOf = (measured: Readonly<Partial<Record<FigureName, Measured>>>): readonly Row[] =>
  (Object.keys(FIGURES) as FigureName[]).map(figure => rowOf(figure, measured[figure]));

function rowOf(figure: FigureName, found: Measured | undefined): Row {
  const { unit, what, ...promise }: Promised = FIGURES[figure];
  const target = targetOf(promise, found);
  const head = { figure, what, unit, ...promise, ...(target === undefined ? {} : { target }) };
  if (found === undefined || target === undefined) return { ...head, ...found, verdict: 'not-run' };
  const ratio = found.floor === undefined ? {} : { ratio: found.measured / found.floor };
  return { ...head, ...found, ...ratio, verdict: found.measured <= target ? 'met' : 'missed' };
}

function targetOf(promise: { readonly target: number } | { readonly timesFloor: number }, found: Measured | undefined): number | undefined {
  if ('target' in promise) return promise.target;
  return found?.floor === undefined ? undefined : promise.timesFloor * found.floor;
}

export const median = (values: readonly number[]): Measured => ({
  measured: values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN,
  values,
});
export const worst = (values: readonly number[]): Measured => ({ measured: Math.max(...values), values });
export const total = (values: readonly number[]): Measured => ({ measured: values.reduce((sum, value) => sum + value, 0), values });

/** How long something takes, in seconds. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}
