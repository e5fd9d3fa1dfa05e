import { readFile, writeFile } from 'node:fs/promises';
import { cpus, getPriority } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { WorldError } from '../city/problem.js';
import { startOf } from '../fabric/started.js';
import { capabilitiesOf, ENVIRONMENT } from '../site/container.js';
import type { Host } from '../site/host.js';
import { INIT } from '../site/programs/supervisor.js';
import { allEnded } from './all-ended.js';
import { lendRealTime, processorsOf } from './processors.js';
import type { StateFolder } from './state-folder.js';

/** The lab machine's own devices are no equipment of an office: agents must not find them. */
const DEVICES = ['/sys/bus/usb', '/sys/class/hwmon', '/sys/class/thermal'];
/** Exit code of runc itself when it could not start a command. */
const RUNC_FAILED = 255;

/** Writes a host's runc configuration beside its root. */
export async function writeBundle(state: StateFolder, host: Host): Promise<void> {
  await writeFile(join(state.host(host.name), 'config.json'), JSON.stringify(bundleOf(state, host)));
}

/**
 * Starts hosts, two at once on each processor, because starting one is half waiting.
 *
 * By a shell each: a process of ours costs far more to fork than a shell does, and there are hundreds to start.
 *
 * @param started is told of every host; when it throws, no further host is started
 */
export async function startContainers(state: StateFolder, hosts: readonly string[], started: (count: number) => void): Promise<void> {
  const shells = Math.min(2 * cpus().length, hosts.length);
  const slices = Array.from({ length: shells }, (_, index) => hosts.filter((_host, at) => at % shells === index));
  let count = 0;
  await allEnded(slices.map(slice => startSlice(state, slice, () => started(++count))));
  lendRealTime(state, hosts);
}

// A host's processes inherit runc's own streams: with a pipe there, its end would never come; and its niceness, which is for the work only.
const START = `runc=$1 hosts=$2 nice=$3; shift 3
for host; do
  nice -n "$nice" runc --root "$runc" --log "$hosts/$host/runc.log" run --detach --bundle "$hosts/$host" "$host" < /dev/null > /dev/null 2>&1 || { echo "failed $host"; exit 1; }
  echo "started $host"
done`;

/** runc's own threads cost more than they bring when many of it run. */
const ONE_THREAD = { GOMAXPROCS: '1' };

async function startSlice(state: StateFolder, hosts: readonly string[], started: () => void): Promise<void> {
  const words = ['-c', START, 'sh', state.runc, state.hosts, String(-getPriority()), ...hosts];
  // In a process group of its own, like every tool: Ctrl-C at the terminal must not end it between two hosts unnoticed.
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

/** Forgets containers that have ended, so that they can be started again. */
export async function forgetContainers(state: StateFolder, hosts: readonly string[]): Promise<void> {
  await Promise.all(hosts.map(name => execa('runc', ['--root', state.runc, 'delete', '--force', name], { reject: false })));
}

/** The process id of a host's init, when the host is on. */
export async function initPid(state: StateFolder, host: string): Promise<number | undefined> {
  const text = await readFile(join(state.runc, host, 'state.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const { init_process_pid: pid, init_process_start: startedAt } = JSON.parse(text) as {
    init_process_pid: number;
    init_process_start: number;
  };
  return (await startOf(pid)) === String(startedAt) ? pid : undefined;
}

/** Ends hosts at once: with its init, the kernel ends everything else in a host. Returns when all are gone. */
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

/** The words that run a command inside a host. */
export const execWords = (state: StateFolder, host: string, command: readonly string[], tty = false): readonly string[] => [
  'runc',
  '--root',
  state.runc,
  'exec',
  ...(tty ? ['--tty'] : []),
  host,
  ...command,
];

/** Whether a result of `runc exec` says that the host is off or the command does not exist, and what it was. */
export function execFailure(exitCode: number | undefined, stderr: string): string | undefined {
  return exitCode === RUNC_FAILED && /level=error|exec failed|cannot exec|container .* does not exist/.test(stderr)
    ? stderr.trim()
    : undefined;
}

/** Removes the (empty) control groups of a killed city; runc removes a living one's itself. */
export async function removeControlGroups(state: StateFolder): Promise<void> {
  await execa('sh', ['-c', `find /sys/fs/cgroup -depth -type d -path '*${state.cgroup}*' -exec rmdir {} + 2>/dev/null || true`]);
}

function bundleOf(state: StateFolder, host: Host): object {
  const capabilities = capabilitiesOf(host);
  const processors = processorsOf(state, host);
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
      noNewPrivileges: false,
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
      maskedPaths: ['/proc/kcore', '/proc/keys', '/proc/timer_list', ...DEVICES],
      readonlyPaths: ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sysrq-trigger'],
      resources: { devices: [{ allow: false, access: 'rwm' }], cpu: { shares: processors.shares } },
    },
  };
}
