/** What figures are held against, measured in the same run: the least that the same machine takes for as many bare things. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { wantedImage } from '../../infra/image/build.js';
import { stateFolder } from '../../infra/lab/state-folder.js';
import type { Layout, Wire } from '../../infra/site/host.js';
import { type Spent, spent } from './processor.js';

/** About as many agents as the city of 2022 has, and the two processors that figures are promised for. */
const STARTS = 150;
const AT_ONCE = 2;

/** So many Node processes that do nothing, two at a time. */
export const bareNodeStarts = (): Promise<Spent> =>
  spent(
    'sh',
    '-c',
    `for slice in $(seq ${AT_ONCE}); do (for start in $(seq ${STARTS / AT_ONCE}); do "$0" -e 0; done) & done; wait`,
    process.execPath,
  );

/** One such process. */
export const bareNode = (): Promise<Spent> => spent(process.execPath, '-e', '0');

export interface BareCity {
  readonly up: Spent;
  readonly down: Spent;
}

/**
 * As many hosts as a city has, wired alike, each a container of the same image that runs tini and nothing below it but `sleep`: namespaces,
 * wires by one `ip -batch`, all disks by one `mount`, `runc` by two shells a processor. Then all of it taken away.
 */
export async function bareCity({ hosts, wires }: Pick<Layout, 'hosts' | 'wires'>): Promise<BareCity> {
  const state = stateFolder('.citydc');
  mkdirSync(state.root, { recursive: true });
  const folder = mkdtempSync(join(state.root, 'bench-'));
  try {
    const names = hosts.map(({ name }) => name);
    prepare(folder, join(resolve(state.images), wantedImage(), 'root'), names, wires);
    const up = await spent('sh', '-ec', UP, 'sh', folder, String(2 * cpus().length), ...names);
    return { up, down: await spent('sh', '-c', DOWN, 'sh', folder) };
  } finally {
    await spent('sh', '-c', DOWN, 'sh', folder);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Everything that is only written down, in memory as a city's hosts are: no part of the time. */
function prepare(folder: string, image: string, names: readonly string[], wires: Layout['wires']): void {
  for (const part of ['ns', 'runc', 'hosts']) mkdirSync(join(folder, part));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'mode=755', 'citydc', join(folder, 'hosts')]);
  const at = (name: string) => join(folder, 'hosts', name);
  const end = ({ device, mac, host }: Wire['ends'][number]) => `name ${device} address ${mac} netns ${join(folder, 'ns', host)}`;
  const lines = wires.map(({ ends: [a, b], mtuBytes: mtu }) => `link add mtu ${mtu} ${end(a)} type veth peer mtu ${mtu} ${end(b)}\n`);
  writeFileSync(join(folder, 'wires'), lines.join(''));
  const mounts = names.map(
    name => `overlay ${at(name)}/root overlay lowerdir=${image},upperdir=${at(name)}/upper,workdir=${at(name)}/work 0 0\n`,
  );
  writeFileSync(join(folder, 'fstab'), mounts.join(''));
  for (const name of names) {
    for (const part of ['root', 'upper', 'work']) mkdirSync(join(at(name), part), { recursive: true });
    writeFileSync(join(at(name), 'config.json'), JSON.stringify(containerOf(folder, name)));
    writeFileSync(join(folder, 'ns', name), '');
  }
}

const containerOf = (folder: string, name: string): object => ({
  ociVersion: '1.0.2',
  hostname: name,
  root: { path: 'root', readonly: false },
  process: { user: { uid: 0, gid: 0 }, args: ['/usr/bin/tini', '--', 'sleep', 'infinity'], env: ['PATH=/usr/bin:/bin'], cwd: '/' },
  mounts: [{ destination: '/proc', type: 'proc', source: 'proc' }],
  linux: {
    cgroupsPath: `/citydc-${basename(folder)}/${name}`,
    namespaces: [...['pid', 'ipc', 'uts', 'mount'].map(type => ({ type })), { type: 'network', path: join(folder, 'ns', name) }],
  },
});

const UP = `folder=$1 shells=$2; shift 2
each() { printf '%s\\n' "$@" | xargs -P "$shells" -n 20 sh -ec "$work" sh "$folder"; }
work='folder=$1; shift; for host; do unshare --net="$folder/ns/$host" true; done' each "$@"
ip -batch "$folder/wires"
mount --all --fstab "$folder/fstab"
export GOMAXPROCS=1
work='folder=$1; shift
for host; do runc --root "$folder/runc" run --detach --bundle "$folder/hosts/$host" "$host" < /dev/null > /dev/null 2>&1; done' each "$@"
`;

/** Safe twice, and after an UP that was broken off. */
const DOWN = `folder=$1 group=/citydc-$(basename "$1")
for state in "$folder"/runc/*/state.json; do
  [ -f "$state" ] && kill -KILL "$(sed -E 's/.*"init_process_pid":([0-9]+).*/\\1/' "$state")" 2> /dev/null
done
while cat $(find /sys/fs/cgroup -path "*$group/*" -name cgroup.procs 2> /dev/null) /dev/null | grep -q .; do sleep 0.01; done
awk -v folder="$folder/" 'index($2, folder) == 1 { print $2 }' /proc/self/mounts | sort -r | xargs -r umount -l
rm -rf "$folder/hosts" "$folder/runc" "$folder/ns"
find /sys/fs/cgroup -depth -type d -path "*$group*" -exec rmdir {} + 2> /dev/null
true`;
