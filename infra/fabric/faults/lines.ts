/** What active faults do to lines and hosts, and the nftables and tc words that apply it at a device. Pure. */

import { WorldError } from '../../city/problem.js';
import type { Wire } from '../../site/host.js';
import type { ActiveFault, Impairment } from '../fabric.js';

/** What the active faults together do to one line. */
export interface LineFault {
  readonly cut: boolean;
  readonly impairment: Impairment;
}

/** One end of a line, with the fault to apply there. */
export interface LineEnd {
  readonly host: string;
  readonly device: string;
  readonly fault: LineFault;
}

/** The priority of nftables chains that apply faults: before all of the host's own. */
export const FAULT_PRIORITY = -500;

/** The fault of one link under all active faults; of two impairments the later wins, part by part. */
export function lineFault(link: number, active: readonly ActiveFault[]): LineFault {
  const concerning = active
    .map(({ fault }) => fault)
    .filter(fault => fault.do !== 'power-off' && (fault.links as readonly number[]).includes(link));
  const impairments = concerning.flatMap(fault => (fault.do === 'impair' ? [fault.impairment] : []));
  return { cut: concerning.some(fault => fault.do === 'cut'), impairment: Object.assign({}, ...impairments) };
}

/** Whether no fault is active on a line. */
export const isWhole = ({ cut, impairment }: LineFault): boolean => !cut && Object.keys(impairment).length === 0;

/** The hosts that active faults keep off. */
export const hostsOff = (active: readonly ActiveFault[]): ReadonlySet<string> =>
  new Set(active.flatMap(({ fault }) => (fault.do === 'power-off' ? fault.hosts : [])));

/** Both ends of every line that the changed faults concern, with the fault that is active there now. */
export function endsOf(wires: readonly Wire[], changed: readonly ActiveFault[], active: readonly ActiveFault[]): readonly LineEnd[] {
  const links = new Set(changed.flatMap(({ fault }) => (fault.do === 'power-off' ? [] : fault.links)));
  return wires.flatMap(({ link, ends }) =>
    link === undefined || !links.has(link) ? [] : ends.map(({ host, device }) => ({ host, device, fault: lineFault(link, active) })),
  );
}

/** The nftables script of one end: drops all arriving packets, or a part. The interface stays up, as when a line fails far away. */
export function lineTable(device: string, { cut, impairment: { lossRatio = 0 } }: LineFault): string {
  const name = `netdev citydc_${device}`;
  if (!cut && lossRatio === 0) return noTable(name);
  const rule = cut ? '' : `numgen random mod 100000 < ${Math.round(lossRatio * 100_000)} drop`;
  return `${noTable(name)}table ${name} {\n chain in {\n type filter hook ingress device "${device}" priority ${FAULT_PRIORITY}; policy ${cut ? 'drop' : 'accept'};\n ${rule}\n }\n}\n`;
}

/** The nftables script that removes a table, whether it is there or not. */
export const noTable = (name: string): string => `table ${name}\ndelete table ${name}\n`;

/** The words of the queueing discipline at a device's root; undefined: none is needed. */
export function qdiscOf({ rateBps, delayMs }: Impairment): readonly string[] | undefined {
  const rate = rateBps === undefined ? [] : ['rate', `${rateBps}bit`];
  if (delayMs !== undefined) return ['netem', 'delay', `${delayMs}ms`, ...rate];
  return rateBps === undefined ? undefined : ['tbf', ...rate, 'burst', '32kb', 'latency', '100ms'];
}

/**
 * The mechanism of an impairment, in words.
 *
 * @param hasQdisc tries whether the kernel has a queueing discipline
 * @throws {WorldError} when the kernel cannot do it
 */
export async function impairmentMeans(
  { lossRatio, rateBps, delayMs }: Impairment,
  hasQdisc: (words: readonly string[]) => Promise<boolean>,
): Promise<string> {
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

const missing = (what: string, lacks: string): WorldError =>
  new WorldError(`this kernel cannot impair a line's ${what}: it lacks ${lacks}`, {
    hint: 'impair loss or rate instead, or run the city on a kernel that has it',
  });
