import { readFile } from 'node:fs/promises';
import { readableDeployment } from '../../aws/plan/deployment.js';
import { type Described, parseDescription } from '../../aws/vpn/described.js';
import { type VpnRouter, vpnRouter, vpnsOf } from '../../aws/vpn/router.js';
import type { VpnHandoffPlan } from '../../aws/vpn/tunnels.js';
import type { LocatedCity } from '../../city/load/load.js';
import { type City, nodeName, nodesOf } from '../../city/model.js';
import { InputError, WorldError } from '../../city/problem.js';
import { findOne } from '../find.js';
import type { FileBelow } from '../folder.js';
import { table } from '../table.js';

export interface VpnPeerOptions {
  /** Only these nodes; all with a VPN where absent. */
  readonly node?: readonly string[];
  /** Files with the output of `aws ec2 describe-vpn-connections`, one per region. */
  readonly tunnels?: readonly string[];
}

export interface VpnPeers {
  readonly files: readonly FileBelow[];
  /** Every tunnel, and what of it is still to be filled in, for people and for `--json`. Neither contains a key. */
  readonly text: string;
  readonly facts: { readonly tunnels: readonly TunnelReport[] };
}

interface TunnelReport {
  readonly node: string;
  readonly device: string;
  readonly connection: string;
  readonly inside: string;
  readonly outside: string | null;
  readonly key: 'written' | 'to be filled in';
}

/**
 * The configuration of the routers at the other end of the nodes' VPNs.
 *
 * @throws {InputError} when there is no such node, or a file is not such an output
 */
export async function vpnPeers(located: LocatedCity, { node = [], tunnels = [] }: VpnPeerOptions): Promise<VpnPeers> {
  const { city, primary, backup } = readableDeployment(located);
  const handoffs = chosen(city, node);
  const described = await Promise.all(tunnels.map(readDescription));
  const outside = (connection: string, cidr: string) =>
    described.map(each => each.get(connection)?.get(cidr)).find(found => found !== undefined) ?? {};
  const routers = handoffs.map(handoff => vpnRouter(city, [primary, backup], handoff, outside));
  const reports = routers.flatMap(reportsOf);
  return {
    files: routers.flatMap(({ name, files }) => files.map(({ path, content, mode }) => ({ path: `${name}${path}`, content, mode }))),
    facts: { tunnels: reports },
    text: `${describe(reports)}\n`,
  };
}

function chosen(city: City, wanted: readonly string[]): readonly VpnHandoffPlan[] {
  const vpns = vpnsOf(city);
  if (vpns.length === 0) throw new InputError([withoutVpn]);
  if (wanted.length === 0) return vpns;
  const nodes = nodesOf(city);
  const candidates = vpns.flatMap(({ node }) => {
    const found = nodes.get(node);
    return found === undefined ? [] : [{ id: nodeName(found), words: [found.name.vi, found.name.en], code: undefined }];
  });
  const ids = candidates.map(({ id }) => id);
  const names = new Set(wanted.map(each => findOne('node with a VPN', each, candidates, ids)));
  return vpns.filter((_, index) => names.has(ids[index] ?? ''));
}

const withoutVpn = {
  rule: 'no-vpn',
  path: 'aws.handoffs',
  message: 'no node reaches AWS by VPN',
  hint: 'circuits of Direct Connect are configured with their carrier',
};

async function readDescription(path: string): Promise<Described> {
  try {
    return parseDescription(await readFile(path, 'utf8'), path);
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    throw new WorldError(`cannot read ${path}`, { cause, hint: 'name a file that you may read with --tunnels' });
  }
}

const reportsOf = ({ name, tunnels }: VpnRouter): readonly TunnelReport[] =>
  tunnels.map(({ device, connection, inside, outside }) => ({
    node: name,
    device,
    connection,
    inside: inside.cidr,
    outside: outside.address ?? null,
    key: outside.key === undefined ? 'to be filled in' : 'written',
  }));

function describe(reports: readonly TunnelReport[]): string {
  const open = reports.filter(({ outside, key }) => outside === null || key !== 'written').length;
  return [
    table(
      ['node', 'tunnel', 'of', 'inside', 'outside', 'key'],
      reports.map(({ node, device, connection, inside, outside, key }) => [
        node,
        device,
        connection,
        inside,
        outside ?? 'to be filled in',
        key,
      ]),
    ),
    open === 0 ? 'every tunnel is complete' : `${open} of ${reports.length} tunnels have values to fill in: they are @…@ in the files`,
  ].join('');
}
