/** A throw-away root for one host: the built image, and above it the host's own files, in namespaces that end with the test. */

import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { execa } from 'execa';
import { type IdentifiedCity, issuerOf, numberOf } from '../../infra/fabric/pki/identity.js';
import { ensureImage } from '../../infra/image/build.js';
import { recipe, recipeDigest } from '../../infra/image/recipe.js';
import { secretStore } from '../../infra/image/secrets.js';
import { usersOf, writeRoot } from '../../infra/lab/disk.js';
import { stateFolder } from '../../infra/lab/state-folder.js';
import { bundlePath, type Host } from '../../infra/site/host.js';

const CHECKOUT = resolve(import.meta.dirname, '..', '..');
const STATE = resolve(process.env.CITYDC_STATE || join(CHECKOUT, '.citydc'));
const IMAGE = join(STATE, 'images', recipeDigest(recipe()), 'root');
const AGENTS = join(CHECKOUT, 'dist', 'agents');

/** Why there can be no room here; the reasons of test/skips.json. */
export function whyNoRoom(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'needs Linux and root';
  if (!existsSync(IMAGE)) return 'needs the image: run `npm start` once';
  return existsSync(AGENTS) ? undefined : 'needs the built agents: run `npm run build`';
}

export interface Room {
  /** Runs a command to its end; `output` is both of its streams. */
  run(command: readonly string[], options?: { readonly input?: string; readonly environment?: Record<string, string> }): Promise<Ended>;
  /** Starts a command that lives until the room is closed. */
  start(command: readonly string[]): void;
  /** The value of a secret, as the host's processes would get it. */
  secret: ReturnType<typeof secretStore>['value'];
  close(): Promise<void>;
}
interface Ended {
  readonly exitCode: number;
  readonly output: string;
}

/**
 * Opens a host's room. It has the host's address and those given, all on its loopback, and no other network.
 *
 * Its first process waits on its input: however this one ends, the kernel ends and unmounts everything else.
 */
export async function openRoom(host: Host, addresses: readonly string[] = [host.address], image = IMAGE): Promise<Room> {
  const folder = await mkdtemp(join(tmpdir(), 'citydc-room-'));
  const state = stateFolder(folder);
  const secrets = secretStore(state.secrets, cityOf(host), () => undefined);
  await mkdir(join(state.host(host.name), 'root'), { recursive: true });
  await writeRoot(state, await usersOf(image), secrets, host);
  const words = [
    '--mount',
    '--net',
    '--pid',
    '--uts',
    '--ipc',
    '--fork',
    '--kill-child',
    'sh',
    '-ec',
    SETUP,
    'sh',
    folder,
    image,
    state.host(host.name),
    AGENTS,
  ];
  const first = execa('unshare', [...words, ...addresses], { stdin: 'pipe', buffer: false, reject: false, stderr: 'inherit' });
  const pid = await firstWord(first);
  const inside = ['nsenter', '--target', pid, '--mount', '--net', '--pid', '--uts', '--ipc', '--root', '--wd'];
  return {
    run: async ([...command], { input = '', environment = {} } = {}) => {
      const options = {
        input,
        reject: false,
        all: true,
        timeout: 30_000,
        extendEnv: false,
        env: { ...ENVIRONMENT, ...environment },
      } as const;
      const result = await execa('/usr/bin/env', [...inside, ...command], options);
      return { exitCode: result.exitCode ?? 1, output: result.all };
    },
    start: command =>
      void execa('/usr/bin/env', [...inside, ...command], { stdio: 'ignore', reject: false, extendEnv: false, env: ENVIRONMENT }),
    secret: secrets.value,
    close: async () => {
      first.stdin.end();
      await first;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The city of one host alone. */
function cityOf({ name, node, role, slot, address }: Host): IdentifiedCity {
  const issuer = issuerOf(node, slot);
  return { city: 'room', issuers: [issuer], hosts: [{ name, number: numberOf(node, role, slot), issuer, addresses: [address] }] };
}

/** The root of an image with other packages than the hosts'; kept like theirs, in a folder of its own. */
export async function imageWith(...packages: readonly string[]): Promise<string> {
  const progress = () => undefined;
  const { signal } = new AbortController();
  const options = { folder: join(STATE, 'test-images'), mirror: process.env.CITYDC_MIRROR, progress, signal };
  return (await ensureImage(options, { ...recipe(), packages })).root;
}

const ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/lib/postgresql/15/bin',
  LANG: 'C.UTF-8',
  HOME: '/root',
};

// The host's files lie in a folder of their own, so that they can be written from outside: one more layer below the overlay.
// The id it prints is the one that /proc of the outer namespace shows; it is printed once the room is complete.
const SETUP = `
folder=$1 image=$2 files=$3/root agents=$4; shift 4
mount=$folder/mount; mkdir -p "$mount" "$files"
mount -t tmpfs tmpfs "$mount"
mkdir "$mount/upper" "$mount/work" "$mount/root"
mount -t overlay -o "lowerdir=$files:$image,upperdir=$mount/upper,workdir=$mount/work" room "$mount/root"
read -r pid _ < /proc/self/stat
mount -t proc proc "$mount/root/proc"
mount --rbind /dev "$mount/root/dev"
mount -t tmpfs tmpfs "$mount/root/run"
mkdir -p "$mount/root${bundlePath('announcer').replace(/[^/]*$/, '')}"
mount --bind -o ro "$agents" "$mount/root/opt/citydc"
ip link set lo up
for address; do ip address replace "$address/32" dev lo; done
exec chroot "$mount/root" sh -c 'echo "$1"; exec cat > /dev/null' sh "$pid"
`;

/** The first piece of its output; execa's own lines would wait for its end. */
async function firstWord(child: { readonly stdout: Readable } & PromiseLike<unknown>): Promise<string> {
  const said = once(child.stdout, 'data').then(([data]) => String(data).trim());
  const ended = child.then(() => Promise.reject(new Error('the room could not be opened: see the message above')));
  return Promise.race([said, ended]);
}
