/** How faults are done on this machine: nftables at the ends' devices, tc, and the kernel's own SIGKILL. */

import { execa } from 'execa';
import { ANNOUNCER_PROTOCOL } from '../../agents/contract/announcer.js';
import { WorldError } from '../city/problem.js';
import type { ActiveFault, Impairment } from '../site/fabric.js';
import type { Wire } from '../site/host.js';
import type { StateFolder } from './state-folder.js';
import { tool } from './tool.js';

/** What a set of active faults wants of one link: nothing, silence, or a bad line. */
export interface LineWish {
  readonly cut: boolean;
  readonly impairment: Impairment;
}

const OFF_TABLE = 'netdev citydc_off';
/** Before anything of the host's own. */
const PRIORITY = -500;

/** The link's wish under the faults in force; of two impairments the later wins, part by part. */
export function lineWish(link: number, active: readonly ActiveFault[]): LineWish {
  const concerning = active
    .map(({ fault }) => fault)
    .filter(fault => fault.do !== 'power-off' && (fault.links as readonly number[]).includes(link));
  const impairments = concerning.flatMap(fault => (fault.do === 'impair' ? [fault.impairment] : []));
  return { cut: concerning.some(fault => fault.do === 'cut'), impairment: Object.assign({}, ...impairments) };
}

/** Which hosts the faults in force keep off. */
export const hostsOff = (active: readonly ActiveFault[]): ReadonlySet<string> =>
  new Set(active.flatMap(({ fault }) => (fault.do === 'power-off' ? fault.hosts : [])));

/** Puts a wish into force at both ends of a wire. Safe twice. */
export async function applyLine(state: StateFolder, wire: Wire, wish: LineWish): Promise<void> {
  await Promise.all(wire.ends.map(end => applyEnd(state.namespace(end.host), end.device, wish)));
}

async function applyEnd(namespace: string, device: string, { cut, impairment }: LineWish): Promise<void> {
  await nft(namespace, lineTable(device, cut, impairment.lossRatio ?? 0));
  await tc(namespace, ['qdisc', 'del', 'dev', device, 'root'], true);
  const qdisc = qdiscOf(impairment);
  if (qdisc !== undefined) await tc(namespace, ['qdisc', 'add', 'dev', device, 'root', ...qdisc], false);
}

/** Arriving packets vanish at both ends; the carrier stays up, as far lines fail. */
function lineTable(device: string, cut: boolean, lossRatio: number): string {
  const name = `netdev citydc_${device}`;
  const empty = `table ${name}\ndelete table ${name}\n`;
  if (!cut && lossRatio === 0) return empty;
  const rule = cut ? '' : `numgen random mod 100000 < ${Math.round(lossRatio * 100_000)} drop`;
  return `${empty}table ${name} {\n chain in {\n type filter hook ingress device "${device}" priority ${PRIORITY}; policy ${cut ? 'drop' : 'accept'};\n ${rule}\n }\n}\n`;
}

function qdiscOf({ rateBps, delayMs }: Impairment): readonly string[] | undefined {
  const rate = rateBps === undefined ? [] : ['rate', `${rateBps}bit`];
  if (delayMs !== undefined) return ['netem', 'delay', `${delayMs}ms`, ...rate];
  return rateBps === undefined ? undefined : ['tbf', ...rate, 'burst', '32kb', 'latency', '100ms'];
}

/** The means of an impairment, in words. @throws {WorldError} when this kernel cannot do it */
export async function impairmentMeans({ lossRatio, rateBps, delayMs }: Impairment): Promise<string> {
  if (delayMs !== undefined && !(await hasQdisc(['netem', 'delay', '1ms']))) throw missing('delay', 'netem (CONFIG_NET_SCH_NETEM)');
  if (rateBps !== undefined && delayMs === undefined && !(await hasQdisc(['tbf', 'rate', '1mbit', 'burst', '32kb', 'latency', '100ms'])))
    throw missing('rate', 'tbf (CONFIG_NET_SCH_TBF)');
  const parts = [
    lossRatio === undefined ? [] : ['loss by nftables numgen'],
    delayMs === undefined ? [] : ['delay by tc netem'],
    rateBps === undefined ? [] : [`rate by tc ${delayMs === undefined ? 'tbf' : 'netem'}`],
  ];
  return parts.flat().join(', ');
}

const missing = (what: string, means: string): WorldError =>
  new WorldError(`this kernel cannot impair a line's ${what}: it lacks ${means}`, {
    hint: 'impair loss or rate instead, or run the lab on a kernel that has it',
  });

/** Tried in a namespace of its own that ends with the command. */
const hasQdisc = async (words: readonly string[]): Promise<boolean> =>
  !(await execa('unshare', ['--net', 'tc', 'qdisc', 'add', 'dev', 'lo', 'root', ...words], { reject: false })).failed;

/** Nothing of a host that is off arrives or leaves, not even a reset from its kernel. */
export const silence = (state: StateFolder, host: string, devices: readonly string[]): Promise<void> => {
  const list = devices.map(device => `"${device}"`).join(', ');
  const chain = (hook: string) => `chain ${hook} { type filter hook ${hook} devices = { ${list} } priority ${PRIORITY}; policy drop; }`;
  return nft(
    state.namespace(host),
    `table ${OFF_TABLE}\ndelete table ${OFF_TABLE}\ntable ${OFF_TABLE} {\n ${chain('ingress')}\n ${chain('egress')}\n}\n`,
  );
};

export const unsilence = (state: StateFolder, host: string): Promise<void> =>
  nft(state.namespace(host), `table ${OFF_TABLE}\ndelete table ${OFF_TABLE}\n`);

/** Empties the routing table and switches of a host that is off: a real machine would have lost them with its power. */
export const forgetNetwork = (state: StateFolder, host: string): Promise<void> =>
  tool('a host could not be switched on', ['nsenter', `--net=${state.namespace(host)}`, 'sh', '-c', FORGET], HINT);

// Not the routes of its own addresses, which stay: IPv6 would not have them again until an address is given anew.
const FORGET = `for family in -4 -6; do for proto in static bgp ${ANNOUNCER_PROTOCOL}; do ip $family route flush proto $proto; done; ip $family neigh flush all; done; for bridge in $(ip -o link show type bridge | cut -d: -f2); do ip link del $bridge; done`;
const HINT = { hint: 'see `citydc fault list`, then `citydc fault heal`' } as const;

const nft = (namespace: string, script: string): Promise<void> =>
  tool('a fault could not be set with nftables', ['nsenter', `--net=${namespace}`, 'nft', '-f', '-'], { input: script, ...HINT });

const tc = (namespace: string, words: readonly string[], mayFail: boolean): Promise<void> =>
  tool('a fault could not be set with tc', ['nsenter', `--net=${namespace}`, 'tc', ...words], { mayFail, ...HINT });
