/** Processor time: of one command with all that it started and waited for, of a control group, of the whole machine, of each program. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

export interface Spent {
  readonly seconds: number;
  readonly processorSeconds: number;
  readonly stdout: string;
}

/**
 * Runs a command to its end, and returns how long it took and what processor time it and its children took: of those that it waited for,
 * as `time` of the shell does.
 *
 * @throws when it does not end with 0
 */
export async function spent(file: string, ...args: readonly string[]): Promise<Spent> {
  // bash writes the times where nothing else writes; the command has its own standard error.
  const child = spawn('bash', ['-c', 'TIMEFORMAT="%R %U %S"; { time "$@" 2>&4; } 4>&2 2>&3', 'bash', file, ...args], {
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
  });
  const texts = ['', ''];
  for (const [index, stream] of [child.stdout, child.stdio[3]].entries())
    stream?.on('data', (part: Buffer) => {
      texts[index] += part.toString();
    });
  const [code] = await once(child, 'close');
  const [stdout = '', times = ''] = texts;
  if (code !== 0) throw new Error(`${file} ${args.join(' ')} ended with ${code}\n${stdout}`);
  const [seconds = Number.NaN, user = Number.NaN, system = Number.NaN] = (times.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
  return { seconds, processorSeconds: user + system, stdout };
}

/** Where the kernel counts what a control group has used: its first version, and its second. */
const COUNTERS = [
  { path: (group: string) => `/sys/fs/cgroup/cpuacct${group}/cpuacct.usage`, seconds: (text: string) => Number(text) / 1e9 },
  {
    path: (group: string) => `/sys/fs/cgroup${group}/cpu.stat`,
    seconds: (text: string) => Number(/^usage_usec (\d+)/m.exec(text)?.[1]) / 1e6,
  },
];

/** What all processes of a control group have used since it was made, those that have ended included; NaN where there is no such group. */
export function groupSeconds(group: string): number {
  const counter = COUNTERS.find(({ path }) => existsSync(path(group)));
  return counter === undefined ? Number.NaN : counter.seconds(readFileSync(counter.path(group), 'utf8'));
}

/** Of the whole machine, in seconds of one processor since it started. */
export function machineSeconds(): { readonly busy: number; readonly all: number } {
  const [, ...ticks] = (/^cpu .*/.exec(readFileSync('/proc/stat', 'utf8'))?.[0] ?? '').split(/ +/).map(Number);
  const [user = 0, nice = 0, system = 0, idle = 0, wait = 0, irq = 0, soft = 0] = ticks;
  const busy = user + nice + system + irq + soft;
  return { busy: busy / TICKS, all: (busy + idle + wait) / TICKS };
}

/** The kernel's clock ticks in a second, as every Linux for PCs gives them to programs. */
const TICKS = 100;

/** What each living process of a control group has used, by its process id. */
export function processSeconds(group: string): ReadonlyMap<number, { readonly program: string; readonly seconds: number }> {
  const found = new Map<number, { program: string; seconds: number }>();
  for (const pid of readdirSync('/proc').map(Number).filter(Number.isInteger)) {
    try {
      if (!readFileSync(`/proc/${pid}/cgroup`, 'utf8').includes(`:${group}/`)) continue;
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const seconds = (Number(fields[11]) + Number(fields[12])) / TICKS;
      found.set(pid, { program: programOf(readFileSync(join('/proc', String(pid), 'cmdline'), 'utf8'), stat), seconds });
    } catch {
      // It has just ended.
    }
  }
  return found;
}

/** Programs that an interpreter runs are reported by their own names. */
function programOf(words: string, stat: string): string {
  const script = /\0([^\0]*\/(?:opt\/citydc\/[^\0]+\.cjs|patroni))(?:\0|$)/.exec(words)?.[1];
  return script === undefined ? stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')')) : basename(script, '.cjs');
}
