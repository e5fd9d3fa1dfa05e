/** The routers' files judged by the programs that will read them. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { vpnRouter, vpnsOf } from '../../infra/aws/vpn/router.js';
import type { Host } from '../../infra/site/host.js';
import { canTho, layoutOf } from '../site/cities.js';
import { imageWith, openRoom, type Room, whyNoRoom } from '../site/room.js';
import { skipUnless } from '../skips.js';
import { deployed } from './deployments.js';

const FRR = "FRR takes the routers' configuration";
const STRONGSWAN = "strongSwan takes the routers' configuration";

const { city, primary, backup } = deployed(canTho);
/** As if AWS had answered: documentation addresses, and keys of no use. */
const outside = (connection: string, cidr: string) => ({
  address: `192.0.2.${connection.includes('-s1-') ? 1 : 2}`,
  key: `k.${cidr.replace(/\W/g, '_')}`,
});
const routers = vpnsOf(city).map(handoff => vpnRouter(city, [primary, backup], handoff, outside));
const contentOf = (name: string, path: string): string =>
  routers.find(router => router.name === name)?.files.find(file => file.path === path)?.content ?? '';

function n67(): Host {
  const host = layoutOf(canTho).hosts.find(({ name }) => name === 'n67');
  if (host === undefined) throw new Error('the city has no n67');
  return host;
}

describe.skipIf(skipUnless(FRR, whyNoRoom()))(FRR, () => {
  let room: Room | undefined;
  beforeAll(async () => {
    room = await openRoom(n67());
  });
  afterAll(() => room?.close());

  const judge = async (content: string): Promise<string> => {
    const { exitCode, output } = (await room?.run(['sh', '-c', 'cat > /etc/frr/frr.conf && /usr/lib/frr/bgpd -C -f /etc/frr/frr.conf'], {
      input: content,
    })) ?? { exitCode: 1, output: 'no room' };
    return `${exitCode} ${output}`.trim();
  };

  test.each(routers.map(({ name }) => name))('%s', async name => expect(await judge(contentOf(name, '/etc/frr/frr.conf'))).toBe('0'));
  test('and finds damage', async () =>
    expect(await judge(contentOf('n67', '/etc/frr/frr.conf').replace('maximum-paths', 'maximum-pathes'))).toMatch(/on config line/));
  test('scripts and packet rules can be read', async () => {
    const script = contentOf('n67', '/etc/citydc/vpn-devices');
    expect(await room?.run(['sh', '-n'], { input: script })).toEqual({ exitCode: 0, output: '' });
    expect(await room?.run(['nft', '-f', '-'], { input: contentOf('n67', '/etc/citydc/vpn.nft') })).toEqual({ exitCode: 0, output: '' });
  });
});

/** `swanctl` has charon read the file, and ends with what charon says of it. */
const LOAD = `cat > /run/swanctl.conf
charon-systemd > /run/charon.log 2>&1 & charon=$!
for try in 1 2 3 4 5 6 7 8 9 10; do [ -S /run/charon.vici ] && break; sleep 0.3; done
swanctl --load-all --noprompt --file /run/swanctl.conf; code=$?; kill $charon; exit $code`;

describe.skipIf(skipUnless(STRONGSWAN, whyNoRoom()))(STRONGSWAN, () => {
  let room: Room | undefined;
  beforeAll(async () => {
    room = await openRoom({ ...n67(), files: [], folders: [], secrets: [] }, [], await imageWith('strongswan-swanctl', 'charon-systemd'));
  });
  afterAll(() => room?.close());
  const load = async (content: string) => (await room?.run(['sh', '-c', LOAD], { input: content })) ?? { exitCode: 1, output: 'no room' };
  const wholeOf = (name: string) =>
    contentOf(name, '/etc/swanctl/conf.d/citydc.conf') + contentOf(name, '/etc/swanctl/conf.d/citydc-secrets.conf');

  test('four connections and four keys are loaded', async () => {
    const { exitCode, output } = await load(wholeOf('n67'));
    expect(exitCode, output).toBe(0);
    expect(output).toMatch(/successfully loaded 4 connections, 0 unloaded/);
    expect(output.match(/loaded ike secret/g)).toHaveLength(4);
  });
  test('and damage is found', async () =>
    expect((await load(wholeOf('n67').replace('aes256gcm16-prf', 'aes257gcm16-prf'))).exitCode).not.toBe(0));
});
