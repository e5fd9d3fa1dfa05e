/** What tests look at while a city on Docker is changed. */

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { CITYDC } from '../lab/citydc.js';
import type { CityOnDocker } from './city-on-docker.js';
import type { Engine } from './engine.js';

/** The part of `docker inspect` that tests read. */
export interface Container {
  readonly Name: string;
  readonly HostConfig: {
    readonly Privileged: boolean;
    readonly CapAdd: readonly string[] | null;
    readonly CapDrop: readonly string[] | null;
    readonly Memory: number;
    readonly RestartPolicy: { readonly Name: string };
  };
}

/** When each of the city's hosts was started: one that was touched has another time. Containers that lay files ready are no hosts. */
export async function startTimes(engine: Engine): Promise<ReadonlyMap<string, string>> {
  const ids = (await engine.docker('ps', '-q')).split('\n');
  const lines = await engine.docker('inspect', '--format', '{{.Config.Hostname}} {{.Id}} {{.State.StartedAt}}', ...ids);
  return new Map(lines.split('\n').map(line => [line.split(' ')[0] ?? '', line]));
}

/**
 * Interrupts `up` when it says something: as Ctrl-C does, or as a machine does that loses its power, with all that it has started.
 *
 * @param says on its standard error
 */
export function interruptedUp(
  { environment }: CityOnDocker,
  words: readonly string[],
  says: RegExp,
  signal: 'SIGINT' | 'SIGKILL',
): Promise<{ code: number | null; stderr: string }> {
  const child = spawn(process.execPath, [CITYDC, 'up', ...words], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  let stderr = '';
  let sent = false;
  child.stderr.on('data', (part: Buffer) => {
    stderr += part.toString();
    if (sent || !says.test(stderr)) return;
    sent = true;
    // terraform is in a process group of its own.
    const below = signal === 'SIGKILL' ? descendants(child.pid ?? 0) : [];
    process.kill(-(child.pid ?? 0), signal);
    for (const pid of below) process.kill(pid, signal);
  });
  return new Promise(resolve => child.on('close', code => resolve({ code, stderr })));
}

function descendants(pid: number): readonly number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  return children.flatMap(child => [child, ...descendants(child)]);
}

/** Pings the portal's address from an office, five times a second, until it is asked how many were lost. */
export function pingFrom({ environment }: CityOnDocker, office: string): { lost(): Promise<number> } {
  const words = ['exec', office, '--', 'sh', '-c', 'ping -i 0.2 10.101.0.3 & read -r _; kill -INT $!; wait'];
  const child = spawn(process.execPath, [CITYDC, ...words], {
    env: { ...process.env, ...environment },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (part: Buffer) => {
    output += part.toString();
  });
  const closed = new Promise(resolve => child.on('close', resolve));
  return {
    lost: async () => {
      child.stdin.end('\n');
      await closed;
      const [, sent, received] = /(\d+) packets transmitted, (\d+) received/.exec(output) ?? [];
      if (sent === undefined || Number(sent) < 10) throw new Error(`nothing was measured: ${output.slice(-500)}`);
      return Number(sent) - Number(received);
    },
  };
}

const MEMBERS = ['s1-etcd1', 's2-etcd1', 's3-etcd1'] as const;
const READ = `export ETCDCTL_API=3 ETCDCTL_ENDPOINTS=$(sed -n 's/^listen-client-urls: //p' /etc/etcd/etcd.yml | cut -d, -f1)
etcdctl --command-timeout=2s get nothing`;

/** Asks etcd for a read that needs a quorum, at whichever member answers. @returns the longest time without one, in ms */
export function watchQuorum(city: CityOnDocker): { end(): Promise<number> } {
  let ended = false;
  let longestMs = 0;
  const watching = (async () => {
    for (let last = performance.now(); !ended; await pause(250)) {
      const answers = await Promise.all(MEMBERS.map(member => city.run('exec', member, '--', 'sh', '-c', READ)));
      const now = performance.now();
      longestMs = Math.max(longestMs, now - last);
      if (answers.some(({ code }) => code === 0)) last = now;
    }
  })();
  return {
    end: async () => {
      ended = true;
      await watching;
      return longestMs;
    },
  };
}
