import { readFile, writeFile } from 'node:fs/promises';
import { cpus, getPriority } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import * as z from 'zod/mini';
import { readJson } from '../city/json.js';
import { WorldError } from '../city/problem.js';
import { startOf } from '../fabric/started.js';
import { capabilitiesOf, ENVIRONMENT, limitsOf } from '../site/container.js';
import type { Host } from '../site/host.js';
import { INIT } from '../site/programs/supervisor.js';
import { systemCallsOf } from '../site/system-calls.js';
import { allEnded } from './all-ended.js';
import { grantRealTime, processorsOf } from './processors.js';
import type { StateFolder } from './state-folder.js';

/** Hidden in hosts: the lab machine's own devices are not an office's equipment, and agents must not find them. */
const DEVICES = ['/sys/bus/usb', '/sys/class/hwmon', '/sys/class/thermal'];
/** What of the machine's own is hidden in hosts: as `runc spec` and Docker have it. */
const MASKED = [
  ...['acpi', 'asound', 'interrupts', 'kcore', 'keys', 'latency_stats', 'sched_debug', 'scsi', 'timer_list', 'timer_stats'].map(
    each => `/proc/${each}`,
  ),
  '/sys/devices/virtual/powercap',
  '/sys/firmware',
  ...DEVICES,
];
/** A host's settings in /proc/sys are made before it runs: by runc, and in its network namespace before it has devices (`wiring.ts`). */
const READ_ONLY = ['bus', 'fs', 'irq', 'sys', 'sysrq-trigger'].map(each => `/proc/${each}`);
const MIB = 1024 ** 2;
/** Exit code of runc itself when it could not start a command. */
const RUNC_FAILED = 255;

/** Writes a host's runc configuration into its folder. */
export async function writeBundle(state: StateFolder, host: Host): Promise<void> {
  await writeFile(join(state.host(host.name), 'config.json'), JSON.stringify(bundleOf(state, host)));
}

/**
 * Starts hosts, two at a time on each processor, because half of a start is waiting.
 *
 * Through a few shells: to fork this process costs far more than to fork a shell, and there are hundreds of hosts to start.
 *
 * @param started called after every host, with how many are started; when it throws, no further host is started
 */
export async function startContainers(state: StateFolder, hosts: readonly string[], started: (count: number) => void): Promise<void> {
  const shells = Math.min(2 * cpus().length, hosts.length);
  const slices = Array.from({ length: shells }, (_, index) => hosts.filter((_host, at) => at % shells === index));
  let count = 0;
  await allEnded(slices.map(slice => startSlice(state, slice, () => started(++count))));
  grantRealTime(state, hosts);
}

// A host's processes inherit runc's streams (with a pipe we would wait for its end forever) and its niceness (which is meant for us).
const START = `runc=$1 hosts=$2 nice=$3; shift 3
for host; do
  nice -n "$nice" runc --root "$runc" --log "$hosts/$host/runc.log" run --detach --bundle "$hosts/$host" "$host" < /dev/null > /dev/null 2>&1 || { echo "failed $host"; exit 1; }
  echo "started $host"
done`;

/** With many runc processes, more than one thread in each costs more than it gains. */
const ONE_THREAD = { GOMAXPROCS: '1' };

async function startSlice(state: StateFolder, hosts: readonly string[], started: () => void): Promise<void> {
  const words = ['-c', START, 'sh', state.runc, state.hosts, String(-getPriority()), ...hosts];
  // In its own process group, like every tool: Ctrl-C at the terminal must not end it unnoticed between two hosts.
  const shell = execa('sh', words, { reject: false, env: ONE_THREAD, detached: true, cleanup: false });
  for await (const line of shell.iterable()) {
    const [what, host = ''] = line.split(' ');
    if (what === 'failed') throw await notStarted(state, host);
    started();
  }
  const { failed, shortMessage } = await shell;
  if (failed) throw new WorldError('not all hosts were started', { cause: shortMessage, hint: START_AGAIN });
}

const START_AGAIN = 'run `citydc down`, then `citydc up` again';

async function notStarted(state: StateFolder, host: string): Promise<WorldError> {
  const log = await readFile(join(state.host(host), 'runc.log'), 'utf8').catch(() => '');
  return new WorldError(`host ${host} could not be started`, {
    cause: log.trim().split('\n').at(-1),
    hint: START_AGAIN,
  });
}

/** Deletes runc's state of containers that have ended, so that they can be started again. */
export async function forgetContainers(state: StateFolder, hosts: readonly string[]): Promise<void> {
  await Promise.all(hosts.map(name => execa('runc', ['--root', state.runc, 'delete', '--force', name], { reject: false })));
}

const runcState = z.object({ init_process_pid: z.number(), init_process_start: z.number() });

/** The process id of a host's init; undefined when the host is off. */
export async function initPid(state: StateFolder, host: string): Promise<number | undefined> {
  const text = await readFile(join(state.runc, host, 'state.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const { init_process_pid: pid, init_process_start: startedAt } = readJson(runcState, text, `runc's state of ${host}`);
  return (await startOf(pid)) === String(startedAt) ? pid : undefined;
}

/** Kills the init of hosts, with which the kernel ends every other process of a host. Returns when all have ended. */
export async function killContainers(state: StateFolder, hosts: readonly string[]): Promise<void> {
  const pids = (await Promise.all(hosts.map(host => initPid(state, host)))).filter(pid => pid !== undefined);
  for (const pid of pids) kill(pid);
  for (const host of hosts) {
    while ((await initPid(state, host)) !== undefined) await new Promise(resolve => setTimeout(resolve, 5));
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** The command line that runs a command inside a host. */
export const execWords = (state: StateFolder, host: string, command: readonly string[], tty = false): readonly string[] => [
  'runc',
  '--root',
  state.runc,
  'exec',
  ...(tty ? ['--tty'] : []),
  host,
  ...command,
];

/** The error of `runc exec` itself: the host is off, or the command does not exist. Undefined when the command ran. */
export function execFailure(exitCode: number | undefined, stderr: string): string | undefined {
  return exitCode === RUNC_FAILED && /level=error|exec failed|cannot exec|container .* does not exist/.test(stderr)
    ? stderr.trim()
    : undefined;
}

/** Removes the empty control groups of a killed city. Those of a running host are runc's to remove. */
export async function removeControlGroups(state: StateFolder): Promise<void> {
  await execa('sh', ['-c', `find /sys/fs/cgroup -depth -type d -path '*${state.cgroup}*' -exec rmdir {} + 2>/dev/null || true`]);
}

/**
 * A host without a user namespace of its own: its root is the machine's by number, and has none of its rights. Tried with runc 1.1: it joins
 * a user namespace that owns the wired network namespace, but every file of the shared image then is nobody's (neither this runc nor
 * Debian 12's mount maps the owners of an overlay; a copy of the image with other owners would be a second image), and bfdd gets no real
 * time, as CAP_SYS_NICE then counts for nothing. What holds instead: `test/lab/small/contained.test.ts`.
 */
function bundleOf(state: StateFolder, host: Host): object {
  const capabilities = capabilitiesOf(host);
  const processors = processorsOf(state, host);
  const limits = limitsOf(host);
  const bind = (source: string, destination: string) => ({
    source,
    destination,
    type: 'bind',
    options: ['rbind', 'ro', 'nosuid', 'nodev'],
  });
  const tmpfs = (destination: string, size: string) => ({
    destination,
    type: 'tmpfs',
    source: 'tmpfs',
    options: ['nosuid', 'nodev', 'mode=755', `size=${size}`],
  });
  return {
    ociVersion: '1.0.2',
    hostname: host.name,
    root: { path: 'root', readonly: false },
    process: {
      terminal: false,
      user: { uid: 0, gid: 0 },
      args: INIT,
      env: ENVIRONMENT,
      cwd: '/',
      capabilities: { bounding: capabilities, effective: capabilities, permitted: capabilities },
      noNewPrivileges: true,
    },
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc' },
      { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755', 'size=64k'] },
      {
        destination: '/dev/pts',
        type: 'devpts',
        source: 'devpts',
        options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', 'gid=5'],
      },
      { destination: '/dev/shm', type: 'tmpfs', source: 'shm', options: ['nosuid', 'noexec', 'nodev', 'mode=1777', 'size=256m'] },
      { destination: '/sys', type: 'sysfs', source: 'sysfs', options: ['nosuid', 'noexec', 'nodev', 'ro'] },
      tmpfs('/run', '32m'),
      bind(state.bundles, '/opt/citydc'),
    ],
    hooks: processors.hooks,
    linux: {
      cgroupsPath: `${state.cgroup}/${host.name}`,
      namespaces: [
        { type: 'pid' },
        { type: 'ipc' },
        { type: 'uts' },
        { type: 'mount' },
        { type: 'network', path: state.namespace(host.name) },
      ],
      sysctl: host.sysctls,
      maskedPaths: MASKED,
      readonlyPaths: READ_ONLY,
      seccomp: systemCallsOf(host),
      resources: {
        devices: [{ allow: false, access: 'rwm' }],
        cpu: { shares: processors.shares },
        // What a host writes is memory, and counts as its own.
        memory: { limit: (limits.memoryMib + limits.diskMib) * MIB },
        pids: { limit: limits.processes },
      },
    },
  };
}
