/** The routers at the other end of the nodes' VPNs: what they announce, accept and prefer, and what AWS must say first. */

import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { tunnelAddresses } from '../../infra/aws/plan/names.js';
import { routesOver } from '../../infra/aws/plan/routes.js';
import { parseDescription } from '../../infra/aws/vpn/described.js';
import { vpnRouter, vpnsOf } from '../../infra/aws/vpn/router.js';
import { COMMANDS } from '../../infra/cli/commands.js';
import { run } from '../../infra/cli/run.js';
import { fakeWorld } from '../cli/world.js';
import { canTho } from '../site/cities.js';
import { temporaryFolder } from '../temporary-folder.js';
import { deployed, resourcesOf, templates } from './deployments.js';

const { city, primary, backup } = deployed(canTho);
const routers = vpnsOf(city).map(handoff => vpnRouter(city, [primary, backup], handoff, () => ({})));
const contentOf = (name: string, path: string): string =>
  routers.find(router => router.name === name)?.files.find(file => file.path === path)?.content ?? '';
const bgp = contentOf('n67', '/etc/frr/frr.conf');

describe('BGP', () => {
  test('every router announces as many routes as the quota is checked for, and each by its prefix list', () => {
    for (const { name } of routers) {
      const text = contentOf(name, '/etc/frr/frr.conf');
      const announced = [...text.matchAll(/^ {2}network (\S+)$/gm)].map(([, prefix]) => prefix);
      expect(announced).toHaveLength(routesOver(city, Number(name.slice(1))));
      expect([...text.matchAll(/^ip prefix-list OWN seq \d+ permit (\S+)$/gm)].map(([, prefix]) => prefix)).toEqual(announced);
    }
  });

  test("four neighbours, each filtered both ways; only a site's own LAN is taken, from its own gateway", () => {
    const neighbours = [...bgp.matchAll(/^ neighbor (\S+) remote-as (\d+)$/gm)].map(([, address, asn]) => `${address} ${asn}`);
    expect(neighbours).toEqual(
      [primary, backup].flatMap(place => ([0, 1] as const).map(tunnel => `${tunnelAddresses(place, 67, tunnel).aws} ${place.asn}`)),
    );
    expect(bgp.match(/route-map S[12]-IN in$/gm)).toHaveLength(4);
    expect(bgp.match(/route-map OWN-OUT out$/gm)).toHaveLength(4);
    expect(bgp.match(/^ip prefix-list S\d .*$/gm)).toEqual([
      'ip prefix-list S1 seq 5 permit 10.104.16.0/20',
      'ip prefix-list S2 seq 5 permit 10.104.32.0/20',
    ]);
    expect(bgp.match(/as-path access-list .*$/gm)).toEqual([
      'as-path access-list S1 seq 5 permit ^4200000001$',
      'as-path access-list S2 seq 5 permit ^4200000002$',
    ]);
  });

  test('the primary is preferred, and a dead peer is noticed as AWS notices', () => {
    expect(bgp).toMatch(/route-map S1-IN permit 10\n.*\n.*\n set local-preference 200\n/);
    expect(bgp).toMatch(/route-map S2-IN permit 10\n.*\n.*\n set local-preference 100\n/);
    expect(bgp).toContain(' timers bgp 10 30\n');
  });

  test('a router with an ASN of its own speaks with that', () => {
    const [handoff] = vpnsOf(city).map(each => ({ ...each, asn: 64_600 }));
    if (handoff === undefined) throw new Error('no VPN');
    expect(vpnRouter(city, [primary, backup], handoff, () => ({})).files[0]?.content).toContain('\nrouter bgp 64600\n');
  });
});

test('both ends have the same tunnels: inside addresses, outside address, ASN', () => {
  const vpns = [...resourcesOf(templates(canTho), 'AWS::EC2::VPNConnection').entries()].filter(([id]) => id.includes('Node67'));
  const cidrs = vpns.flatMap(([, { VpnTunnelOptionsSpecifications: tunnels }]) =>
    (tunnels as readonly { readonly TunnelInsideCidr: string }[]).map(({ TunnelInsideCidr }) => TunnelInsideCidr),
  );
  expect(routers.find(({ name }) => name === 'n67')?.tunnels.map(({ inside }) => inside.cidr)).toEqual(cidrs);
  expect(contentOf('n67', '/etc/swanctl/conf.d/citydc.conf')).toContain('local_addrs = 203.0.113.67\n');
});

/** As AWS prints it, cut down to what is read; the second tunnel's values stand in the text for routers only. */
const description = (connection: string, [first, second]: readonly string[], more: object = {}) => ({
  VpnConnections: [
    {
      VpnConnectionId: 'vpn-1',
      State: 'available',
      Tags: [{ Key: 'Name', Value: connection }],
      Options: {
        TunnelOptions: [
          { OutsideIpAddress: '192.0.2.1', TunnelInsideCidr: `${first}/30`, PreSharedKey: 'first.key_1' },
          { TunnelInsideCidr: `${second}/30` },
        ],
      },
      CustomerGatewayConfiguration: `<?xml version="1.0"?><vpn_connection id="vpn-1"><ipsec_tunnel>
        <customer_gateway><tunnel_outside_address><ip_address>203.0.113.67</ip_address></tunnel_outside_address></customer_gateway>
        <vpn_gateway><tunnel_outside_address><ip_address>192.0.2.2</ip_address></tunnel_outside_address>
        <tunnel_inside_address><ip_address>${second?.replace(/\d+$/, last => String(Number(last) + 1))}</ip_address></tunnel_inside_address></vpn_gateway>
        <ike><pre_shared_key>second.key_2</pre_shared_key></ike></ipsec_tunnel></vpn_connection>`,
      ...more,
    },
  ],
});
const CIDRS = ['169.254.12.48', '169.254.12.52'];

describe('the description by AWS', () => {
  const read = (value: object) => parseDescription(JSON.stringify(value), 'vpns.json');

  test('is read from the options, and what they leave out from the text for routers', () =>
    expect(read(description('can-tho-s1-n67', CIDRS)).get('can-tho-s1-n67')).toEqual(
      new Map([
        ['169.254.12.48/30', { address: '192.0.2.1', key: 'first.key_1', keyKeptAt: undefined }],
        ['169.254.12.52/30', { address: '192.0.2.2', key: 'second.key_2', keyKeptAt: undefined }],
      ]),
    ));

  test('may lack keys that Secrets Manager keeps: what stands in their place is none', () => {
    const kept = description('c', CIDRS, {
      PreSharedKeyArn: 'arn:aws:secretsmanager:x',
      CustomerGatewayConfiguration: '',
      Options: { TunnelOptions: [{ OutsideIpAddress: '192.0.2.1', TunnelInsideCidr: '169.254.12.48/30', PreSharedKey: '****' }] },
    });
    expect(read(kept).get('c')?.get('169.254.12.48/30')).toEqual({
      address: '192.0.2.1',
      key: undefined,
      keyKeptAt: 'arn:aws:secretsmanager:x',
    });
  });

  test('of a connection that is gone counts for nothing', () => expect(read(description('c', CIDRS, { State: 'deleted' })).size).toBe(0));

  test.each(['', '{', '[]', '{"VpnConnections":[{"Tags":"secret"}]}'])('%j is refused without being repeated', text =>
    expect(() => parseDescription(text, 'vpns.json')).toThrow(
      /^vpns\.json: it is not a description of VPN connections by AWS \[not-a-description\]\n {2}hint: write it with: aws ec2 describe-vpn-connections --output json$/,
    ),
  );
});

describe('citydc render vpn-peer', () => {
  const render = async (...args: readonly string[]) => {
    const { world, written } = fakeWorld();
    return { code: await run(['render', 'vpn-peer', 'can-tho-2022', ...args], COMMANDS, world), ...written };
  };

  test('writes every router with a VPN, and says what is still to be filled in', async () => {
    const out = join(temporaryFolder(), 'new');
    const { code, stdout } = await render('--out', out, '--json');
    const { files, tunnels } = JSON.parse(stdout) as { files: string[]; tunnels: { node: string; outside: string | null; key: string }[] };
    expect(code).toBe(0);
    expect(files).toHaveLength(6 * routers.length);
    expect(tunnels).toHaveLength(4 * routers.length);
    expect(tunnels.every(({ outside, key }) => outside === null && key === 'to be filled in')).toBe(true);
    const secrets = join(out, 'n67', 'etc', 'swanctl', 'conf.d', 'citydc-secrets.conf');
    expect(readFileSync(secrets, 'utf8')).toContain('secret = "@PRE_SHARED_KEY_OF_s1vpn0@"');
  });

  test.skipIf(process.platform === 'win32')('keys go into one file that only its owner reads, and to no output', async () => {
    const folder = temporaryFolder();
    const [file, out] = [join(folder, 'vpns.json'), join(folder, 'new')];
    writeFileSync(file, JSON.stringify(description('can-tho-s1-n67', CIDRS)));
    const secrets = join(out, 'n67', 'etc', 'swanctl', 'conf.d', 'citydc-secrets.conf');
    mkdirSync(join(secrets, '..'), { recursive: true });
    writeFileSync(secrets, 'what was there', { mode: 0o644 });
    const { code, stdout, stderr } = await render('--out', out, '--force', '--node', 'n67', '--tunnels', file);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('2 of 4 tunnels have values to fill in');
    expect(stdout).not.toMatch(/first\.key|second\.key/);
    expect(statSync(secrets).mode & 0o777).toBe(0o600);
    expect(readFileSync(secrets, 'utf8')).toContain('    id = 192.0.2.2\n    secret = "second.key_2"\n');
    const others = (
      JSON.parse((await render('--out', out, '--force', '--node', 'n67', '--tunnels', file, '--json')).stdout) as { files: string[] }
    ).files;
    expect(others.filter(path => readFileSync(path, 'utf8').includes('.key_'))).toEqual([secrets]);
  });

  test('a node without a VPN is refused with those that have one', async () => {
    const { code, stderr } = await render('--out', join(temporaryFolder(), 'new'), '--node', 'n99');
    expect(code).toBe(2);
    expect(stderr).toMatch(/there is no node with a VPN 'n99' \[unknown-target\]/);
  });

  test('a file that cannot be read is a matter of the world', async () => {
    const { code, stderr } = await render('--out', join(temporaryFolder(), 'new'), '--tunnels', join(temporaryFolder(), 'none.json'));
    expect(code).toBe(3);
    expect(stderr).toContain('hint: name a file that you may read with --tunnels');
  });
});
