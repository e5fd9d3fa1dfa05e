/** A Docker engine of the tests' own: Debian's, unpacked below the state folder, in namespaces that end with it. Nothing is installed. */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { execa } from 'execa';

/** What `docker.io` needs of Debian's packages and a minimal machine may lack. */
const PACKAGES = [
  'docker.io',
  'containerd',
  'runc',
  'tini',
  'iptables',
  'libip4tc2',
  'libip6tc2',
  'libxtables12',
  'libmnl0',
  'libnetfilter-conntrack3',
  'libnfnetlink0',
  'libnftnl11',
  'libnftables1',
  'libjansson4',
  'libseccomp2',
  'libdevmapper1.02.1',
];
const START_DEADLINE_MS = 60_000;

/** A running daemon. */
export interface Engine {
  /** As docker's `-H` takes it. */
  readonly connect: string;
  /** Process whose network namespace is the engine's. */
  readonly pid: number;
  /** Runs a command in the engine's network namespace. */
  inNetwork(...words: readonly string[]): Promise<void>;
  docker(...words: readonly string[]): Promise<string>;
  /** A script whose `docker` speaks to this daemon. */
  shell(script: string): Promise<string>;
  /** Ends the daemon and all that it runs; what it stored stays. */
  end(): Promise<void>;
}

/** @returns the folder of the unpacked packages, which is made once; undefined where Debian's packages cannot be had */
export async function unpackedDocker(state: string): Promise<string | undefined> {
  const folder = resolve(state, 'engine', 'debian');
  if (existsSync(folder)) return folder;
  const work = `${folder}.new`;
  rmSync(work, { recursive: true, force: true });
  mkdirSync(join(work, 'packages'), { recursive: true });
  const download = () => execa('apt-get', ['-q', 'download', ...PACKAGES], { cwd: join(work, 'packages'), reject: false });
  if ((await download()).failed) {
    await execa('apt-get', ['-q', 'update'], { reject: false });
    if ((await download()).failed) return undefined;
  }
  for (const name of readdirSync(join(work, 'packages'))) await execa('dpkg-deb', ['-x', join(work, 'packages', name), work]);
  rmSync(join(work, 'packages'), { recursive: true });
  // What Debian's alternatives would do.
  for (const name of ['iptables', 'ip6tables']) symlinkSync('xtables-nft-multi', join(work, 'usr', 'sbin', name));
  renameSync(work, folder);
  return folder;
}

/**
 * Starts a daemon that is alone with its networks, mounts and processes: when it ends, so do they, however it ends.
 *
 * @param name of its folder below the state folder: what it stored before is there again
 * @param roomMib what it stores is in memory, and there is so much of it; undefined: on the disk
 */
export async function startEngine(state: string, debian: string, name: string, roomMib?: number): Promise<Engine> {
  const folder = resolve(state, 'engine', name);
  const socket = join(folder, 'docker.sock');
  mkdirSync(folder, { recursive: true });
  for (const left of ['docker.sock', 'docker.pid', 'exec']) rmSync(join(folder, left), { recursive: true, force: true });
  const controlGroup = `citydc-engine-${createHash('sha256').update(folder).digest('hex').slice(0, 8)}`;
  const log = openSync(join(folder, 'log'), 'w');
  const child = spawn('unshare', [...ALONE, 'sh', '-c', DAEMON, 'sh', folder, `/${controlGroup}`, String(roomMib ?? '')], {
    env: environmentOf(debian),
    stdio: ['ignore', log, log],
    detached: true,
  });
  const connect = `unix://${socket}`;
  await answers(child, debian, connect, join(folder, 'log'));
  const pid = childOf(child.pid ?? 0);
  const env = { ...environmentOf(debian), DOCKER_HOST: connect };
  return {
    connect,
    pid,
    inNetwork: async (...words) => void (await execa('nsenter', ['-t', String(pid), '-n', ...words], { env })),
    docker: async (...words) => (await execa('docker', words, { env })).stdout,
    shell: async script => (await execa('sh', ['-ec', script], { env })).stdout,
    end: async () => {
      await ended(child);
      removeControlGroups(controlGroup);
      rmSync(join(folder, 'exec'), { recursive: true, force: true });
    },
  };
}

/** A Docker host as its building has it: its daemon, and the underlay of its containers. */
export interface Building {
  readonly engine: Engine;
  readonly underlay: string;
}

const BETWEEN = ['192.168.255.1', '192.168.255.2'] as const;

/**
 * Joins two buildings by a routed line, as their network people would: a route to the other's underlay, and a firewall that lets tunnels
 * through and nothing else.
 */
export async function joinBuildings(first: Building, second: Building): Promise<void> {
  const [one, other] = [first.engine.pid, second.engine.pid];
  await execa('ip', ['link', 'add', 'line', 'netns', `${one}`, 'type', 'veth', 'peer', 'name', 'line', 'netns', `${other}`]);
  await lead(first, second, BETWEEN);
  await lead(second, first, [BETWEEN[1], BETWEEN[0]]);
}

async function lead({ engine, underlay }: Building, far: Building, [own, peer]: readonly [string, string]): Promise<void> {
  await engine.inNetwork('ip', 'addr', 'add', `${own}/30`, 'dev', 'line');
  await engine.inNetwork('ip', 'link', 'set', 'line', 'up');
  await engine.inNetwork('ip', 'route', 'add', far.underlay, 'via', peer);
  const tunnels = ['-p', 'udp', '--dport', '4789', '-s', far.underlay, '-d', underlay];
  await engine.inNetwork('iptables', '-I', 'DOCKER-USER', ...tunnels, '-j', 'ACCEPT');
}

const ALONE = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc', '--propagation', 'private'];
const DAEMON = `ip link set lo up
[ -z "$3" ] || { mkdir -p "$1/data"; mount -t tmpfs -o "size=$3m" tmpfs "$1/data"; }
exec tini -- dockerd --data-root "$1/data" --exec-root "$1/exec" --pidfile "$1/docker.pid" -H "unix://$1/docker.sock" \\
  --bridge none --cgroup-parent "$2" --max-concurrent-downloads 1`;

/** Its own programs first; what it lacks is the machine's. */
export const environmentOf = (debian: string) => ({
  PATH: [...['usr/sbin', 'usr/bin', 'sbin'].map(folder => join(debian, folder)), process.env.PATH].join(':'),
  LD_LIBRARY_PATH: ['usr/lib/x86_64-linux-gnu', 'usr/lib/aarch64-linux-gnu', 'lib/x86_64-linux-gnu', 'lib/aarch64-linux-gnu']
    .map(folder => join(debian, folder))
    .join(':'),
  XTABLES_LIBDIR: join(debian, 'usr/lib/x86_64-linux-gnu/xtables'),
  HOME: process.env.HOME ?? '/root',
});

async function answers(child: ChildProcess, debian: string, connect: string, log: string): Promise<void> {
  const giveUpAt = performance.now() + START_DEADLINE_MS;
  while ((await execa('docker', ['-H', connect, 'version'], { env: environmentOf(debian), reject: false })).failed) {
    if (child.exitCode !== null || performance.now() > giveUpAt)
      throw new Error(`the Docker daemon did not start:\n${readFileSync(log, 'utf8').slice(-4000)}`);
    await pause(50);
  }
}

const childOf = (pid: number): number => Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0]);

/** With its first process the kernel ends all others of its namespace. */
function ended(child: ChildProcess): Promise<void> {
  return new Promise(resolve => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}

function removeControlGroups(name: string): void {
  execFileSync('sh', ['-c', `find /sys/fs/cgroup -depth -type d -path '*/${name}*' -exec rmdir {} + 2> /dev/null || true`]);
}
