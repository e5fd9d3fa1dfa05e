/** The routers' files judged by the programs that will read them. */

import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { vpnRouter, vpnsOf } from '../../infra/aws/vpn/router.js';
import { canTho, layoutOf } from '../site/cities.js';
import { openRoom, type Room, whyNoRoom } from '../site/room.js';
import { skipUnless } from '../skips.js';
import { deployed } from './deployments.js';

const FRR = "FRR takes the routers' configuration";
const STRONGSWAN = "strongSwan takes the routers' configuration";

const { city, primary, backup } = deployed(canTho);
/** As if AWS had told: documentation addresses, and keys of no use. */
const outside = (connection: string, cidr: string) => ({
  address: `192.0.2.${connection.includes('-s1-') ? 1 : 2}`,
  key: `k.${cidr.replace(/\W/g, '_')}`,
});
const routers = vpnsOf(city).map(handoff => vpnRouter(city, [primary, backup], handoff, outside));
const contentOf = (name: string, path: string): string =>
  routers.find(router => router.name === name)?.files.find(file => file.path === path)?.content ?? '';

describe.skipIf(skipUnless(FRR, whyNoRoom()))(FRR, () => {
  let room: Room | undefined;
  beforeAll(async () => {
    const [host] = layoutOf(canTho).hosts.filter(({ name }) => name === 'n67');
    if (host === undefined) throw new Error('the city has no n67');
    room = await openRoom(host);
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

const CHARON = '/usr/sbin/charon-systemd';
function whyNoStrongswan(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'needs Linux and root';
  return existsSync(CHARON) && existsSync('/usr/sbin/swanctl')
    ? undefined
    : 'needs strongSwan: apt install strongswan-swanctl charon-systemd';
}

/** In a network of its own; `swanctl` has charon read the file, and ends with what charon says of it. */
const LOAD = `mount -t tmpfs tmpfs /run; ip link set lo up
${CHARON} > /run/charon.log 2>&1 & charon=$!
for try in 1 2 3 4 5 6 7 8 9 10; do [ -S /run/charon.vici ] && break; sleep 0.3; done
swanctl --load-all --noprompt --file "$1"; code=$?; kill $charon; exit $code`;

describe.skipIf(skipUnless(STRONGSWAN, whyNoStrongswan()))(STRONGSWAN, () => {
  const folder = mkdtempSync(join(tmpdir(), 'citydc-swanctl-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const load = async (content: string) => {
    const file = join(folder, 'swanctl.conf');
    writeFileSync(file, content);
    return execa('unshare', ['--net', '--mount', '--pid', '--fork', 'sh', '-c', LOAD, 'sh', file], { reject: false, all: true });
  };
  const wholeOf = (name: string) =>
    contentOf(name, '/etc/swanctl/conf.d/citydc.conf') + contentOf(name, '/etc/swanctl/conf.d/citydc-secrets.conf');

  test('four connections and four keys are loaded', async () => {
    const { exitCode, all } = await load(wholeOf('n67'));
    expect(exitCode, all).toBe(0);
    expect(all).toMatch(/successfully loaded 4 connections, 0 unloaded/);
    expect(all.match(/loaded ike secret/g)).toHaveLength(4);
  });
  test('and damage is found', async () =>
    expect((await load(wholeOf('n67').replace('aes256gcm16-prf', 'aes257gcm16-prf'))).exitCode).not.toBe(0));
});
