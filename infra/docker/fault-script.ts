/** The scripts that set and undo faults inside a container. Pure. */

import { FAULT_PRIORITY, isWhole, type LineEnd, lineTable, noTable, qdiscOf } from '../fabric/faults/lines.js';
import { TUNNELS } from './seats.js';

/** A host that has just started makes its wires at once, on a busy machine in a few seconds. */
const WAIT_TENTHS = 150;

/**
 * The script that brings the ends of lines in one host to what is wanted of them, in one transaction of nftables. Safe twice.
 *
 * It waits for the devices that it needs: a container that starts has none yet.
 */
export function linesScript(ends: readonly Omit<LineEnd, 'host'>[]): string {
  const needed = ends.filter(({ fault }) => !isWhole(fault)).map(({ device }) => device);
  const tables = ends.map(({ device, fault }) => lineTable(device, fault)).join('');
  return [
    'set -e',
    ...(needed.length === 0 ? [] : [WAIT, ...needed.map(device => `await ${device}`)]),
    `nft -f - << 'END'\n${tables}END`,
    ...ends.flatMap(({ device, fault: { impairment } }) => qdiscLines(device, qdiscOf(impairment))),
  ].join('\n');
}

const WAIT = `await() {
  tries=0
  until ip link show dev "$1" > /dev/null 2>&1; do
    [ $((tries += 1)) -le ${WAIT_TENTHS} ] || { echo "there is no device $1" >&2; exit 1; }
    sleep 0.1
  done
}`;

const qdiscLines = (device: string, qdisc: readonly string[] | undefined): readonly string[] => [
  `tc qdisc del dev ${device} root 2> /dev/null || true`,
  ...(qdisc === undefined ? [] : [`tc qdisc add dev ${device} root ${qdisc.join(' ')}`]),
];

const OFF_TABLE = 'inet citydc_off';

/**
 * Drops everything that arrives at a host or leaves it, even resets from its kernel: every wire of it is a tunnel over one device.
 *
 * In tables of `inet` and not at the device itself: `netdev` sees outgoing packets only since Linux 5.16, and a Docker host may be older.
 */
export const SILENCE = nft(`${noTable(OFF_TABLE)}table ${OFF_TABLE} {
  chain in {
    type filter hook prerouting priority ${FAULT_PRIORITY}; policy accept;
    iifname "${TUNNELS.device}" drop
  }
  chain out {
    type filter hook output priority ${FAULT_PRIORITY}; policy accept;
    oifname "${TUNNELS.device}" drop
  }
}
`);
/** Undoes `SILENCE`; safe where it was not run. */
export const UNSILENCE = nft(noTable(OFF_TABLE));

function nft(rules: string): string {
  return `nft -f - << 'END'\n${rules}END`;
}

const TRIAL = 'citydc-trial';

/** The script that succeeds when tc has this queueing discipline here: tried on a device of its own, which it removes. */
export const qdiscTrial = (words: readonly string[]): string =>
  [
    `ip link del ${TRIAL} 2> /dev/null`,
    `ip link add ${TRIAL} type bridge && tc qdisc add dev ${TRIAL} root ${words.join(' ')}`,
    'able=$?',
    `ip link del ${TRIAL}`,
    'exit $able',
  ].join('\n');
