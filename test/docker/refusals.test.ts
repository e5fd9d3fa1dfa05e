/** What a Docker host lacks is reported before anything of a city is on it, with the next step; and the next run continues. */

import { existsSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { wantedImage } from '../../infra/image/build.js';
import { temporaryFolder } from '../temporary-folder.js';
import { cityOnDocker, withoutLab } from './city-on-docker.js';
import type { Engine } from './engine.js';
import { dockerInventory } from './inventory.js';
import { noPlugin } from './no-docker.js';

const SUITE = 'a Docker host that lacks something';
const UNDERLAY = '172.30.0.0/16';
/** Enough for a daemon, and for a third of the image. */
const LITTLE_ROOM_MIB = 300;

describe.skipIf(noPlugin(SUITE)).sequential(SUITE, () => {
  const folder = temporaryFolder();
  const city = cityOnDocker('refusals', inject('dockerTools'));
  let engine: Engine;
  let inventory: string;

  const inventoryOn = (name: string, connect: string, withoutTls?: string) =>
    dockerInventory(join(folder, name), [{ key: 'staging', connect, withoutTls, underlay: UNDERLAY, sites: [1, 2, 3] }]);
  const up = (where: string, environment: Readonly<Record<string, string>> = {}, ...words: readonly string[]) =>
    city.runWith(environment, 'up', where, '--districts', 'n67', ...words);
  const nothingThere = async () => expect(await engine.docker('ps', '-aq')).toBe('');

  beforeAll(async () => {
    await withoutLab();
    engine = await city.engine('small', LITTLE_ROOM_MIB);
    inventory = inventoryOn('small', engine.connect);
  });
  afterAll(() => city.end());

  test('no daemon', async () => {
    const { code, stderr } = await up(inventoryOn('absent', `unix://${folder}/absent.sock`));
    expect(code).toBe(3);
    expect(stderr).toMatch(/error: Docker host 'staging' \(unix:.*absent\.sock\) does not answer/);
    expect(stderr).toMatch(/hint: start Docker there .* or correct its `connect`/);
  });

  test('a socket where another program listens', async () => {
    const { code, stderr } = await up(inventoryOn('strange', `tcp://127.0.0.1:1`, 'nothing listens there'));
    expect(code).toBe(3);
    expect(stderr).toMatch(/hint: see whether the daemon listens there/);
  });

  test('a daemon over TCP without TLS: not a byte reaches it', async () => {
    let reached = 0;
    const plain = createServer(socket => {
      socket.on('error', () => undefined);
      socket.on('data', ({ length }) => {
        reached += length;
      });
    });
    await new Promise<void>(resolve => plain.listen(0, '127.0.0.1', resolve));
    const { port } = plain.address() as AddressInfo;
    const { code, stderr } = await up(inventoryOn('clear', `tcp://127.0.0.1:${port}`), {
      DOCKER_CERT_PATH: '/nowhere',
      DOCKER_TLS_VERIFY: '',
    });
    plain.close();
    expect(code).toBe(3);
    expect(stderr).toMatch(/cannot be reached over TLS/);
    expect(stderr).toMatch(/a daemon without TLS needs `withoutTls` with a reason in the inventory/);
    expect(reached).toBe(0);
  });

  test('no docker client', async () => {
    const { code, stderr } = await up(inventory, { CITYDC_DOCKER: '/nowhere/docker' });
    expect(code).toBe(3);
    expect(stderr).toMatch(/error: the docker client '\/nowhere\/docker' cannot be run/);
  });

  test('no terraform', async () => {
    const { code, stderr } = await up(inventory, { CITYDC_TERRAFORM: '/nowhere/tofu' });
    expect(code).toBe(3);
    expect(stderr).toMatch(/hint: install OpenTofu or Terraform/);
  });

  test('its range is taken', async () => {
    await engine.docker('network', 'create', '--subnet', '172.30.8.0/24', 'stranger');
    const { code, stderr } = await up(inventory);
    expect(code).toBe(3);
    expect(stderr).toMatch(/172\.30\.0\.0\/16 is in use on Docker host 'staging': its network stranger has 172\.30\.8\.0\/24/);
    expect(stderr).toMatch(/hint: give it another \/16 as `underlay`/);
    await engine.docker('network', 'rm', 'stranger');
  });

  test('an image that is nowhere', async () => {
    const { code, stderr } = await up(inventory, {}, '--image', 'nowhere');
    expect(code).toBe(3);
    expect(stderr).toMatch(/image citydc:nowhere is not on Docker host 'staging', and cannot be made here/);
  });

  test('a full disk', async () => {
    const { code, stderr } = await up(inventory);
    expect(code).toBe(3);
    expect(stderr).toMatch(/error: the image could not be loaded into Docker host 'staging'/);
    expect(stderr).toMatch(/hint: make room there/);
    await nothingThere();
  });

  test('no plug-in', async () => {
    const configuration = join(folder, 'terraformrc');
    writeFileSync(configuration, `provider_installation {\n  filesystem_mirror {\n    path = "${folder}"\n  }\n}\n`);
    const { code, stderr } = await up(inventory, { TF_CLI_CONFIG_FILE: configuration });
    expect(code).toBe(3);
    expect(stderr).toMatch(/error: the docker plug-in of terraform cannot be had/);
    expect(stderr).toMatch(/hint: without the registry, put it at ~\/\.terraform\.d\/plugins\//);
    await nothingThere();
  });

  test('with what was missing, the next run arrives at steady state; terraform’s state may be in a PostgreSQL', async () => {
    const large = await city.engine('large');
    const where = inventoryOn('large', large.connect);
    await large.shell(`tar -C ${join(city.state, 'images', wantedImage(), 'root')} -cf - . | docker import - stranger:postgresql`);
    await large.shell(POSTGRESQL.replaceAll('$sockets', join(city.state, 'sockets')));
    const connection = `postgres:///postgres?user=postgres&host=${join(city.state, 'sockets')}`;
    const backend = { terraform: { backend: { pg: { conn_str: connection } } } };
    writeFileSync(join(city.state, 'docker', 'backend.tf.json'), JSON.stringify(backend));

    const { code, stdout, stderr } = await up(where, {}, '--json');
    expect(code, stderr.slice(-2000)).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ late: [] });
    expect(existsSync(join(city.state, 'docker', 'terraform.tfstate'))).toBe(false);
    const states = `psql -U postgres -h /sockets -Atc 'select count(*) from terraform_remote_state.states'`;
    expect(await large.shell(`docker exec postgresql ${states}`)).toBe('1');
    expect((await city.run('down', '--data')).code).toBe(0);
  });
});

/** A server of the image's own PostgreSQL, which everybody on this machine may use, by a socket in \`$sockets\`. */
const POSTGRESQL = `mkdir -p $sockets; chmod 777 $sockets
docker run -d --name postgresql --network none -v $sockets:/sockets stranger:postgresql sh -ec '
  install -d -o postgres -m 700 /data
  setpriv --reuid postgres --regid postgres --clear-groups /usr/lib/postgresql/15/bin/initdb -A trust -D /data
  exec setpriv --reuid postgres --regid postgres --clear-groups /usr/lib/postgresql/15/bin/postgres -D /data -k /sockets -c listen_addresses='
until docker exec postgresql pg_isready -q -h /sockets; do docker inspect -f "{{.State.Running}}" postgresql | grep -q true; sleep 0.2; done`;
