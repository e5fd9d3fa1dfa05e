/**
 * A hostile root in a host is not root on the machine: tried from shells in hosts of a small city. Every attempt is bounded and ends by
 * itself, and would change nothing if it were granted: it writes the value that is there, or its arguments ask for nothing.
 */

import { type ExecFileSyncOptionsWithStringEncoding, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WorldError } from '../../../infra/city/problem.js';
import type { SecretStore } from '../../../infra/image/secrets.js';
import { foldersOfHosts, readAppliedHost } from '../../../infra/lab/applied.js';
import { initPid } from '../../../infra/lab/container.js';
import { removeHostFile, usersOf, writeRoot } from '../../../infra/lab/disk.js';
import { labFabric } from '../../../infra/lab/fabric.js';
import { stateFolder } from '../../../infra/lab/state-folder.js';
import { limitsOf } from '../../../infra/site/container.js';
import type { Host } from '../../../infra/site/host.js';
import { askHost, inHost, succeed } from '../citydc.js';
import { eventually } from '../eventually.js';
import { closedDoors } from './doors.js';
import { isSteady, noSmallCity, smallCity } from './small-city.js';

const SUITE = 'hosts that hold';
/** An office; a router, whose daemons demand CAP_SYS_ADMIN; an edge, which may change its root folder. */
const [OFFICE, ROUTER, EDGE] = ['e77', 'n67', 's1-edge1'];
const NEIGHBOUR = 'e78';

const MIB = 1024 ** 2;
const shell = (host: string, script: string) => askHost(host, 'sh', '-c', script);
const python = (host: string, script: string) => askHost(host, 'python3', '-c', script);

/** Shell scripts that end well only where the attempt was granted. */
const ATTEMPTS = {
  'core_pattern is written': 'f=/proc/sys/kernel/core_pattern; v=$(cat $f); echo "$v" > $f',
  'modprobe is written': 'f=/proc/sys/kernel/modprobe; v=$(cat $f); echo "$v" > $f',
  'a setting of the network is written': 'f=/proc/sys/net/ipv4/ip_forward; v=$(cat $f); echo "$v" > $f',
  'any file of /proc/sys or /sys is writable': 'find /proc/sys /sys -type f -writable 2> /dev/null | grep -q .',
  '/proc/sys is mounted anew': 'mount -o remount,rw,bind /proc/sys || umount /proc/sys || mount -t proc proc /mnt',
  '/sys is mounted anew': 'mount -o remount,rw /sys || mount -t sysfs sysfs /mnt',
  'the keys of the machine are read': 'test -s /proc/keys || test -s /proc/timer_list || test -s /proc/kcore',
  'a disk is made and mounted': 'rm -f /tmp/disk; mknod /tmp/disk b 254 0 && mount /tmp/disk /mnt',
  'memory is a device': 'test -e /dev/mem || mknod /tmp/mem c 1 1 || mknod /dev/mem c 1 1',
  'a file system in memory is mounted': 'mount -t tmpfs none /mnt',
  'an overlay is mounted': 'mkdir -p /tmp/u /tmp/w; mount -t overlay -o lowerdir=/,upperdir=/tmp/u,workdir=/tmp/w none /mnt',
  'control groups are mounted': 'mount -t cgroup -o memory none /mnt || mount -t cgroup2 none /mnt',
  'release_agent is reached': 'ls /sys/fs/cgroup/release_agent /sys/fs/cgroup/*/release_agent 2> /dev/null | grep -q .',
  'namespaces are made': 'for each in U n m p C i u; do if unshare -$each true; then exit 0; fi; done; exit 1',
  'namespaces are entered': 'nsenter --target 1 --mount true || nsenter --target 1 --net true',
  'a module is loaded': 'test -e /lib/modules && modprobe dummy',
  'the clock is set': 'date -s "$(date)"',
  'the machine is named': 'hostname "$(hostname)"',
} as const satisfies Record<string, string>;

/** System calls by the numbers of their processor, with arguments that no kernel takes: what is refused at all says EPERM. */
const CALLS = {
  x86_64: {
    ...{ ptrace: 101, mount: 165, umount2: 166, swapon: 167, reboot: 169, init_module: 175, kexec_load: 246, add_key: 248, keyctl: 250 },
    ...{ unshare: 272, perf_event_open: 298, open_by_handle_at: 304, setns: 308, process_vm_readv: 310, finit_module: 313, bpf: 321 },
    ...{ userfaultfd: 323, io_uring_setup: 425, open_tree: 428, move_mount: 429, fsopen: 430 },
  },
  aarch64: {
    ...{ ptrace: 117, mount: 40, umount2: 39, swapon: 224, reboot: 142, init_module: 105, kexec_load: 104, add_key: 217, keyctl: 219 },
    ...{ unshare: 97, perf_event_open: 241, open_by_handle_at: 265, setns: 268, process_vm_readv: 270, finit_module: 273, bpf: 280 },
    ...{ userfaultfd: 282, io_uring_setup: 425, open_tree: 428, move_mount: 429, fsopen: 430 },
  },
} as const;
const CALL_ALL = `
import ctypes, errno, json, platform
libc = ctypes.CDLL(None, use_errno=True)
answers = {}
for name, number in json.loads('${JSON.stringify(CALLS)}')[platform.machine()].items():
  ctypes.set_errno(0)
  granted = libc.syscall(number, -1, 0, 0, 0, 0, 0) >= 0
  answers[name] = 'granted' if granted else errno.errorcode[ctypes.get_errno()]
print(json.dumps(answers))`;

/** Starts processes that sleep until it has as many as it wants or may have no more; ends them all. */
const FORK = `
import errno, os, signal, time
children, refusal = [], 'none'
for _ in range(700):
  try: child = os.fork()
  except OSError as error: refusal = errno.errorcode[error.errno]; break
  if child == 0: time.sleep(60); os._exit(0)
  children.append(child)
for child in children: os.kill(child, signal.SIGKILL)
for child in children: os.waitpid(child, 0)
print(len(children), refusal)`;

/** The way out of a changed root folder, for who may change it: up from a folder that is above the new one. */
const CLIMB = `
import os
os.makedirs('/tmp/below', exist_ok=True)
above = os.open('/', os.O_RDONLY)
os.chroot('/tmp/below'); os.fchdir(above)
for _ in range(64): os.chdir('..')
os.chroot('.')
print(open('/etc/hostname').read().strip())`;

const NO_SECRETS: SecretStore = { value: async () => '', ready: async () => undefined };

/** Processes that are root's in hosts, by their command's name: the supervision itself, and those that say why in \`infra/site/programs\`. */
const ROOTS = ['tini', 'runsvdir', 'runsv', 'svlogd', 'announcer', 'haproxy'];

describe.skipIf(noSmallCity(SUITE)).sequential(SUITE, () => {
  const { state: folder, up } = smallCity('contained');
  const state = stateFolder(folder);
  const outside = mkdtempSync(join(tmpdir(), 'outside-'));
  const goal = join(outside, 'goal');
  const applied = async (host: string) => (await readAppliedHost(state, host)) as Host;

  beforeAll(async () => {
    mkdirSync(goal);
    writeFileSync(join(goal, 'secret'), 'of the machine', { mode: 0o600 });
    await succeed(...up);
  });
  afterAll(() => rmSync(outside, { recursive: true }));

  test.each([OFFICE, ROUTER, EDGE])('in %s nothing that reaches the machine is granted', async host => {
    const granted: string[] = [];
    for (const [what, script] of Object.entries(ATTEMPTS))
      if ((await shell(host, `(${script}) > /dev/null 2>&1`)).code === 0) granted.push(what);
    expect(granted).toEqual([]);
    const { stdout } = await python(host, CALL_ALL);
    expect(new Set(Object.values(JSON.parse(stdout) as Record<string, string>)), stdout).toEqual(new Set(['EPERM']));
  });

  test("an operator's own shell in a host has no more rights", async () => {
    const { code, stderr } = await inHost(ROUTER, 'sh', '-c', ATTEMPTS['core_pattern is written']);
    expect(code).not.toBe(0);
    expect(stderr).toContain('Read-only file system');
  });

  test("who may change its root folder does not leave the host's", async () => {
    expect((await python(EDGE, CLIMB)).stdout).toBe(`${EDGE}\n`);
    expect((await python(OFFICE, CLIMB)).stderr).toContain('Operation not permitted');
  });

  test('every process of every host can gain no rights and has a list of system calls; its disk is bounded, without devices and setuid', async () => {
    const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n');
    for (const name of await foldersOfHosts(state)) {
      const status = readFileSync(`/proc/${await initPid(state, name)}/status`, 'utf8');
      expect(status, name).toMatch(/^NoNewPrivs:\t1$/m);
      expect(status, name).toMatch(/^Seccomp:\t2$/m);
      const [disk, root] = ['disk', 'root'].map(part => mounts.find(line => line.includes(` ${join(state.host(name), part)} `)) ?? '');
      for (const mount of [disk, root]) expect(mount, name).toMatch(/nosuid,nodev/);
      expect(disk, name).toContain(`size=${limitsOf(await applied(name)).diskMib * 1024}k`);
    }
  });

  test('nothing runs as root but what must', async () => {
    const roots = new Set<string>();
    for (const name of await foldersOfHosts(state)) {
      const { stdout } = await askHost(name, 'ps', '-U', 'root', '-u', 'root', '-o', 'comm=,args=');
      for (const line of stdout.trim().split('\n')) roots.add(line.includes('announcer') ? 'announcer' : (line.split(' ')[0] ?? ''));
    }
    expect([...roots].filter(name => name !== 'ps' && !ROOTS.includes(name))).toEqual([]);
  });

  test("another host's processes and files are not there", async () => {
    const pid = await initPid(state, NEIGHBOUR);
    expect((await shell(OFFICE, `ls /proc/${pid}/root/etc/hostname || kill -0 ${pid}`)).code).not.toBe(0);
    expect((await shell(OFFICE, `ls ${state.host(NEIGHBOUR)}`)).stderr).toContain('No such file or directory');
    expect((await shell(OFFICE, 'cat /proc/1/root/etc/hostname')).stdout).toBe(`${OFFICE}\n`);
  });

  test("links out of a host are followed neither by the city's writers nor by its readers", async () => {
    const users = await usersOf(join(state.images, JSON.parse(readFileSync(state.phase, 'utf8')).image, 'root'));
    const host = { ...(await applied(OFFICE)), secrets: [] };
    const before = statSync(goal);
    await shell(OFFICE, `mv /etc/citydc /etc/was; ln -s ${goal} /etc/citydc; ln -s ${goal}/secret /var/lib/citydc/ledger/planted.jsonl`);
    try {
      const write = () => writeRoot(state, users, NO_SECRETS, host);
      await expect(write()).rejects.toThrow(WorldError);
      expect(() => removeHostFile(state, OFFICE, '/etc/citydc/secret')).toThrow(WorldError);
      const fabric = labFabric(state, { hosts: [{ name: OFFICE }] as never, wires: [] });
      for (const path of ['/etc/citydc/secret', '/var/lib/citydc/ledger/planted.jsonl'])
        await expect(fabric.readFile(OFFICE, path)).rejects.toThrow('is a link');
    } finally {
      await shell(OFFICE, 'rm /etc/citydc /var/lib/citydc/ledger/planted.jsonl; mv /etc/was /etc/citydc');
    }
    expect(statSync(goal)).toMatchObject({ uid: before.uid, mode: before.mode, mtimeMs: before.mtimeMs });
    expect(readFileSync(join(goal, 'secret'), 'utf8')).toBe('of the machine');
    // The link is gone, and the city writes again.
    await writeRoot(state, users, NO_SECRETS, host);
    expect((await shell(OFFICE, 'cat /etc/citydc/ward.json')).stdout).toContain(OFFICE);
  });

  test('a setuid file of a host gives no user of the machine anything', async () => {
    await shell(OFFICE, 'cp /usr/bin/id /var/lib/citydc/id; chmod 4755 /var/lib/citydc/id');
    const path = join(state.host(OFFICE), 'root/var/lib/citydc/id');
    expect(statSync(path).mode & 0o7777).toBe(0o4755);
    const asOther: ExecFileSyncOptionsWithStringEncoding = { uid: 65534, gid: 65534, encoding: 'utf8' };
    expect(() => execFileSync(path, ['-u'], asOther)).toThrow('EACCES');
    // Nor where the folders above are open (it is started from within): the disk itself gives no rights.
    expect(execFileSync('sh', ['-c', 'exec ./id -u'], { ...asOther, cwd: dirname(path) })).toBe('65534\n');
    await shell(OFFICE, 'rm /var/lib/citydc/id');
  });

  test('a fork bomb ends at its limit, memory at its own, a full disk is its own; the neighbours do not notice', async () => {
    const limits = limitsOf(await applied(OFFICE));
    const [count, refusal] = (await python(OFFICE, FORK)).stdout.trim().split(' ');
    expect(refusal).toBe('EAGAIN');
    expect(Number(count)).toBeLessThan(limits.processes);
    const hog = await python(OFFICE, `x = b'x' * ${(limits.memoryMib + limits.diskMib + 64) * MIB}; print(len(x))`);
    expect(hog).toMatchObject({ stdout: '' });
    expect(hog.code).not.toBe(0);
    const full = await shell(OFFICE, `head -c ${2 * limits.diskMib * MIB} /dev/zero > /var/lib/citydc/full`);
    expect(full.stderr).toContain('No space left on device');
    expect((await shell(NEIGHBOUR, 'echo there > /var/lib/citydc/room && cat /var/lib/citydc/room')).stdout).toBe('there\n');
    await shell(OFFICE, 'rm /var/lib/citydc/full');
  });

  describe('the doors of the control plane and the database', closedDoors);

  test('the city is healthy after all of it', () => eventually('steady state', isSteady));
});
