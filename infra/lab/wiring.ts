import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { grouped } from '../city/grouped.js';
import type { Host, Wire } from '../site/host.js';
import { allEnded } from './all-ended.js';
import type { StateFolder } from './state-folder.js';
import { tool } from './tool.js';

/**
 * Creates a network namespace per host, mounted on a file in the state folder: it outlives a power-off and ends with the folder.
 *
 * The kernel's settings are made in it at once: a device takes those of its namespace when it is laid, and hosts may change none.
 */
export async function makeNamespaces(state: StateFolder, hosts: readonly Host[]): Promise<void> {
  const [first] = hosts;
  if (first === undefined) return;
  await mkdir(dirname(state.namespace(first.name)), { recursive: true });
  const files = hosts.map(({ name }) => state.namespace(name));
  await Promise.all(files.map(file => writeFile(file, '')));
  // Two shells for all: a process for each would cost more than the namespaces do.
  const halves = [files.filter((_, index) => index % 2 === 0), files.filter((_, index) => index % 2 === 1)];
  await allEnded(
    halves.map(half => tool('the network namespaces could not be made', ['sh', '-ec', MAKE, 'sh', settingsOf(first), ...half])),
  );
}

const MAKE = 'settings=$1; shift; for f; do unshare --net="$f" sh -ec "$settings"; done';
/** Of every host the same, as of its devices to come. */
const settingsOf = ({ sysctls }: Host): string =>
  Object.entries(sysctls)
    .filter(([name]) => name.includes('.default.'))
    .map(([name, value]) => `echo ${value} > /proc/sys/${name.replaceAll('.', '/')}`)
    .join('; ');

export async function removeNamespaces(state: StateFolder, hosts: readonly string[]): Promise<void> {
  const files = hosts.map(host => state.namespace(host));
  if (files.length === 0) return;
  await tool('namespaces could not be removed', ['umount', '-l', ...files], { mayFail: true });
  await Promise.all(files.map(file => rm(file, { force: true })));
}

/** Lays wires (veth pairs) between namespaces with one command. It sets the ends' MAC addresses; the hosts themselves bring them up. */
export async function layWires(state: StateFolder, wires: readonly Wire[]): Promise<void> {
  await batch(wires.map(wire => layLine(state, wire)));
}

/**
 * Removes wires: with one end goes the other. Must run before the hosts at their ends are removed: the kernel removes the wires of a
 * deleted namespace some time later, and until then their names are taken at the other end.
 */
export async function removeWires(state: StateFolder, wires: readonly Wire[]): Promise<void> {
  // Grouped by the second end, because many wires share it: an aggregation node, a router, the Internet.
  const byHost = grouped(wires, ({ ends: [, { host }] }) => [host]);
  for (const [host, mine] of byHost) {
    const lines = mine.map(({ ends: [, { device }] }) => `link del ${device}\n`).join('');
    await tool('wires could not be removed', ['nsenter', `--net=${state.namespace(host)}`, 'ip', '-force', '-batch', '-'], {
      input: lines,
      mayFail: true,
    });
  }
}

function layLine(state: StateFolder, { ends: [a, b], mtuBytes }: Wire): string {
  const end = ({ device, mac, host }: Wire['ends'][number]) =>
    `name ${device} mtu ${mtuBytes} address ${mac} netns ${state.namespace(host)}`;
  return `link add ${end(a)} type veth peer ${end(b)}`;
}

async function batch(lines: readonly string[]): Promise<void> {
  if (lines.length === 0) return;
  await tool('the wires could not be laid', ['ip', '-batch', '-'], {
    input: `${lines.join('\n')}\n`,
    hint: 'run `citydc down`, then `citydc up` again',
  });
}
