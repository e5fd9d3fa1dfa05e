/** How long the whole city takes in the lab: to come up, to be looked at again, to go; and what it takes while nothing happens. */

import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { load } from '../../infra/city/load/load.js';
import { readInventory } from '../../infra/city/load/read.js';
import { stateFolder } from '../../infra/lab/state-folder.js';
import { DAY } from '../city/day.js';
import { CITYDC, citydc, succeed } from '../lab/citydc.js';
import { eventually } from '../lab/eventually.js';
import { layoutOf } from '../site/cities.js';
import { type FigureName, type Measured, median, timed, worst } from './figures.js';
import { type BareCity, bareCity, bareNodeStarts } from './floor.js';
import { groupSeconds, machineSeconds, processSeconds, type Spent, spent } from './processor.js';
import { traces } from './traces.js';

type Figures = Partial<Record<FigureName, Measured>>;

interface Run {
  readonly bare: BareCity;
  readonly starts: Spent;
  readonly hosts: number;
  readonly steady: number;
  readonly processorSeconds: number;
  readonly memoryGib: number;
  readonly again: number;
  readonly npm: number;
  readonly down: number;
  readonly left: number;
}

/** Each run beside its floors, on the machine as it is then. */
export async function measureLab(runs: number, note: (text: string) => void): Promise<Figures> {
  if (runs === 0) return {};
  await succeed('down');
  const all: Run[] = [];
  for (let run = 1; run <= runs; run++) {
    note(`up and down ${run}/${runs}`);
    all.push(await once());
  }
  const of = (value: (run: Run) => number) => all.map(value);
  const floor = (value: (run: Run) => number) => ({ floor: median(of(value)).measured });
  return {
    'hosts-and-wiring': { ...median(of(({ hosts }) => hosts)), ...floor(({ bare }) => bare.up.seconds) },
    'up-to-steady-state': {
      ...median(of(({ steady }) => steady)),
      ...floor(({ starts }) => starts.seconds),
      processorSeconds: median(of(run => run.processorSeconds)).measured,
    },
    'up-processor-time': { ...median(of(run => run.processorSeconds)), ...floor(({ starts }) => starts.processorSeconds) },
    'memory-of-the-city': median(of(({ memoryGib }) => memoryGib)),
    'second-start': { ...median(of(({ again }) => again)), ...floor(({ npm }) => npm) },
    down: { ...median(of(({ down }) => down)), ...floor(({ bare }) => bare.down.seconds) },
    'left-after-down': worst(of(({ left }) => left)),
  };
}

interface UpJson {
  readonly seconds: { readonly hosts: number; readonly steady: number };
}

async function once(): Promise<Run> {
  // The image must be there: its making is no part of the figures.
  await quietMachine();
  const starts = await bareNodeStarts();
  const before = availableGib();
  const up = await spent(process.execPath, CITYDC, 'up', '--json');
  const inCity = groupSeconds(stateFolder('.citydc').cgroup);
  const memoryGib = before - availableGib();
  const again = await timed(() => spent('npm', 'start', '--silent'));
  const npm = (await spent('npm', '--version')).seconds;
  const down = await timed(() => succeed('down'));
  const left = Object.values(traces()).flat().length;
  await quietMachine();
  const bare = await bareCity(layoutOf(load(await readInventory('can-tho-2022'), DAY)));
  const { hosts, steady } = (JSON.parse(up.stdout) as UpJson).seconds;
  return { bare, starts, hosts, steady, processorSeconds: up.processorSeconds + inCity, memoryGib, again, npm, down, left };
}

const IDLE_SECONDS = 60;

/** What a city takes while nothing happens: the machine with it, without what the machine takes without it. */
export async function measureIdle(runs: number, note: (text: string) => void): Promise<Figures> {
  if (runs === 0) return {};
  await succeed('down');
  await quietMachine();
  note(`the machine without a city, ${IDLE_SECONDS} s`);
  const without = await coresOver(IDLE_SECONDS);
  await succeed('up');
  const found: Idle[] = [];
  for (let run = 1; run <= runs; run++) {
    await eventually('steady state', async () => (await citydc(['status'])).code === 0);
    // Agents have their first minute's work behind them.
    await pause(IDLE_SECONDS * 1000);
    note(`an idle city, ${IDLE_SECONDS} s ${run}/${runs}`);
    found.push(await idle(without));
  }
  const middle = found.toSorted((a, b) => a.cores - b.cores)[Math.floor(found.length / 2)];
  return { 'idle-cores': { ...median(found.map(({ cores }) => cores)), ...(middle === undefined ? {} : { parts: middle.parts }) } };
}

interface Idle {
  readonly cores: number;
  readonly parts: Readonly<Record<string, number>>;
}

async function idle(without: number): Promise<Idle> {
  const { cgroup } = stateFolder('.citydc');
  const [before, group] = [processSeconds(cgroup), groupSeconds(cgroup)];
  const cores = (await coresOver(IDLE_SECONDS)) - without;
  const [after, grown] = [processSeconds(cgroup), groupSeconds(cgroup) - group];
  const byProgram = new Map<string, number>();
  for (const [pid, { program, seconds }] of after) {
    const used = (seconds - (before.get(pid)?.seconds ?? 0)) / IDLE_SECONDS;
    byProgram.set(program, (byProgram.get(program) ?? 0) + used);
  }
  const named = [...byProgram.values()].reduce((sum, value) => sum + value, 0);
  const rest = [
    ['(ended meanwhile)', grown / IDLE_SECONDS - named],
    ['(kernel and keeper)', cores - grown / IDLE_SECONDS],
  ] as const;
  const parts = [...byProgram, ...rest].filter(([, value]) => Math.abs(value) >= 0.001).toSorted(([, a], [, b]) => b - a);
  return { cores, parts: Object.fromEntries(parts.map(([program, value]) => [program, Math.round(value * 1000) / 1000])) };
}

async function coresOver(seconds: number): Promise<number> {
  const [before, start] = [machineSeconds(), performance.now()];
  await pause(seconds * 1000);
  return (machineSeconds().busy - before.busy) / ((performance.now() - start) / 1000);
}

/** The kernel takes a city's namespaces apart for seconds after `down` has returned; that is not the next run's time. */
export async function quietMachine(): Promise<void> {
  for (let waited = 0; waited < 60; waited++) {
    const before = machineSeconds();
    await pause(1000);
    const now = machineSeconds();
    if ((now.busy - before.busy) / (now.all - before.all) < 0.05) return;
  }
  throw new Error('the machine does not become quiet: end what else is running and start the bench again');
}

function availableGib(): number {
  return Number(/MemAvailable: +(\d+) kB/.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]) / 2 ** 20;
}
