/** How faults are applied on this machine: nftables and tc at the devices of a line's ends, SIGKILL for hosts. */

import { execa } from 'execa';
import { ANNOUNCER_PROTOCOL } from '../../agents/contract/announcer.js';
import { FAULT_PRIORITY, type LineEnd, lineTable, noTable, qdiscOf } from '../fabric/faults/lines.js';
import type { StateFolder } from './state-folder.js';
import { tool } from './tool.js';

const OFF_TABLE = 'netdev citydc_off';

/** Applies the fault of a line, or its absence, at one of its ends. May be repeated. */
export async function applyEnd(state: StateFolder, { host, device, fault }: LineEnd): Promise<void> {
  const namespace = state.namespace(host);
  await nft(namespace, lineTable(device, fault));
  await tc(namespace, ['qdisc', 'del', 'dev', device, 'root'], true);
  const qdisc = qdiscOf(fault.impairment);
  if (qdisc !== undefined) await tc(namespace, ['qdisc', 'add', 'dev', device, 'root', ...qdisc], false);
}

/** Whether the kernel has a queueing discipline. Tried in a network namespace that ends with the command. */
export const hasQdisc = async (words: readonly string[]): Promise<boolean> =>
  !(await execa('unshare', ['--net', 'tc', 'qdisc', 'add', 'dev', 'lo', 'root', ...words], { reject: false })).failed;

/** Drops all packets to and from a host that is off, also what its namespace's kernel would send, as TCP resets. */
export const silence = (state: StateFolder, host: string, devices: readonly string[]): Promise<void> => {
  const list = devices.map(device => `"${device}"`).join(', ');
  const chain = (hook: string) =>
    `chain ${hook} { type filter hook ${hook} devices = { ${list} } priority ${FAULT_PRIORITY}; policy drop; }`;
  return nft(state.namespace(host), `${noTable(OFF_TABLE)}table ${OFF_TABLE} {\n ${chain('ingress')}\n ${chain('egress')}\n}\n`);
};

/** Undoes {@link silence}. */
export const unsilence = (state: StateFolder, host: string): Promise<void> => nft(state.namespace(host), noTable(OFF_TABLE));

/** Removes the routes, neighbours and bridges of a host that is off: a real machine would have lost them with its power. */
export const forgetNetwork = (state: StateFolder, host: string): Promise<void> =>
  tool('a host could not be switched on', ['nsenter', `--net=${state.namespace(host)}`, 'sh', '-c', FORGET], HINT);

// Routes of the host's own addresses stay: IPv6 adds those only when an address is added.
const FORGET = `for family in -4 -6; do for proto in static bgp ${ANNOUNCER_PROTOCOL}; do ip $family route flush proto $proto; done; ip $family neigh flush all; done; for bridge in $(ip -o link show type bridge | cut -d: -f2); do ip link del $bridge; done`;
const HINT = { hint: 'see `citydc fault list`, then `citydc fault heal`' } as const;

const nft = (namespace: string, script: string): Promise<void> =>
  tool('a fault could not be set with nftables', ['nsenter', `--net=${namespace}`, 'nft', '-f', '-'], { input: script, ...HINT });

const tc = (namespace: string, words: readonly string[], mayFail: boolean): Promise<void> =>
  tool('a fault could not be set with tc', ['nsenter', `--net=${namespace}`, 'tc', ...words], { mayFail, ...HINT });
