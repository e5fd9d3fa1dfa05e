/** Every figure that the product promises: what, how much at most, and what it is measured in. A row that is missing is an error. */
export const FIGURES = {
  'hosts-and-wiring': { target: 4, unit: 's', what: 'namespaces, wires, disks and hosts of the whole city, before services are ready' },
  'up-to-steady-state': { target: 30, unit: 's', what: 'citydc up from a cached image, until everything is as it should be' },
  'memory-of-the-city': { target: 12, unit: 'GiB', what: 'available memory that the steady city takes from the machine' },
  down: { target: 5, unit: 's', what: 'citydc down' },
  'left-after-down': { target: 0, unit: 'count', what: 'mounts, processes, devices, listeners and control groups that are left' },
  'first-start-on-a-fresh-machine': { target: 180, unit: 's', what: 'npm start on a pristine Debian 12, empty caches' },
  'check-2022': { target: 1, unit: 's', what: 'citydc check, processor time, start of Node included' },
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
  'site-loss-rto-database': { target: 30, unit: 's', what: 'worst outage that a ward saw of a system with state, over all runs' },
  'site-loss-rto-none': { target: 2, unit: 's', what: 'worst outage that a ward saw of a system without state, over all runs' },
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
    what: 'the whole city applied to one Docker host that has the image, until it is well',
  },
  'docker-second-plan': { target: 15, unit: 's', what: 'terraform plan of what runs' },
  'docker-second-plan-changes': { target: 0, unit: 'count', what: 'resources that it would change, worst' },
  'docker-destroy': { target: 30, unit: 's', what: 'citydc --fabric docker down --data' },
  'power-return-outage': { target: 2, unit: 's', what: 'worst outage while power returns, over all runs' },
  'failback-outage': { target: 5, unit: 's', what: 'worst outage of the planned way back, over all runs' },
  'later-outage': { target: 2, unit: 's', what: 'worst outage of what had come back, over all runs' },
} as const satisfies Record<string, { target: number; unit: 's' | 'ms' | 'GiB' | 'MB' | '%' | 'count' | ''; what: string }>;

export type FigureName = keyof typeof FIGURES;

/** What one run or several say of a figure. `values` are the single runs; the row quotes their median, or the worst where it says so. */
export interface Measured {
  readonly measured: number;
  readonly values: readonly number[];
}

export interface Row extends Partial<Measured> {
  readonly figure: FigureName;
  readonly what: string;
  readonly target: number;
  readonly unit: string;
  readonly verdict: 'met' | 'missed' | 'not-run';
}

/** A row for every figure; those that nobody measured are `not-run`. */
export const rowsOf = (measured: Readonly<Partial<Record<FigureName, Measured>>>): readonly Row[] =>
  (Object.keys(FIGURES) as FigureName[]).map(figure => {
    const { target, unit, what } = FIGURES[figure];
    const found = measured[figure];
    if (found === undefined) return { figure, what, target, unit, verdict: 'not-run' };
    return { figure, what, target, unit, ...found, verdict: found.measured <= target ? 'met' : 'missed' };
  });

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
