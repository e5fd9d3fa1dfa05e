/** Certificates in a running city: who is revoked is refused within a minute, and renewing all of them stops nothing. */

import { beforeAll, describe, expect, test } from 'vitest';
import { identityOf } from '../../../infra/site/identity.js';
import { PORT } from '../../../infra/site/ports.js';
import { PORTALS, urlOf } from '../addresses.js';
import { citydc, inHost, succeed } from '../citydc.js';
import { eventually } from '../eventually.js';
import { noSmallCity, smallCity } from './small-city.js';

const SUITE = 'certificates in a running city';
/** From the order to the last host: what part 1 of the closed doors promises. */
const IN_ALL_HOSTS_SECONDS = 60;

const DATABASE = 's1-database1';
/** pgBackRest's own words for what a database gets from the repository. */
const repositoryFrom = async (host: string, ...options: readonly string[]): Promise<string> => {
  const words = ['chpst', '-u', 'postgres', 'pgbackrest', '--stanza=city', ...options, 'info'];
  const { stdout, stderr } = await citydc(['exec', host, '--', ...words]);
  return stdout + stderr;
};
const SERVES = 'stanza: city';
const REFUSED = /access denied|AccessError|not authorized/i;
const pidsOf = async (host: string, process: string) =>
  (await inHost(host, 'sv', 'status', `/etc/service/${process}`)).stdout.replace(/\) .*/s, ')');

/** Who answers over TLS, with the identity of which use. */
const SERVERS = [
  [DATABASE, PORT.patroni, 'database'],
  [DATABASE, PORT.postgres, 'database'],
  ['s1-etcd1', PORT.etcdClient, 'etcd'],
] as const;
/** Whether what is served is the certificate in a file: HOST PORT FILE. PostgreSQL speaks TLS after a request for it. */
const SERVES_FILE = `import socket, ssl, sys
host, port, file = sys.argv[1:]
socket = socket.create_connection((host, int(port)), 3)
if port == '${PORT.postgres}':
  socket.sendall(bytes([0, 0, 0, 8, 4, 210, 22, 47]))
  socket.recv(1)
end = '-----END CERTIFICATE-----'
own = ssl.PEM_cert_to_DER_cert(open(file).read().split(end)[0] + end)
print(ssl._create_unverified_context().wrap_socket(socket).getpeercert(True) == own)`;

describe.skipIf(noSmallCity(SUITE)).sequential(SUITE, () => {
  const { up } = smallCity('certificates');
  beforeAll(() => succeed(...up));

  test('both databases reach the repository, and a second `up` changes nothing', async () => {
    for (const host of [DATABASE, 's1-database2']) expect(await repositoryFrom(host)).toContain(SERVES);
    expect(JSON.parse(await succeed(...up, '--json'))).toMatchObject({ did: 'nothing' });
  });

  /** Who had the host once has these for good. */
  const STOLEN = ['--repo1-host-cert-file=/var/spool/pgbackrest/certificate', '--repo1-host-key-file=/var/spool/pgbackrest/key'] as const;
  test('a copy of its certificate and key is good anywhere', async () => {
    for (const part of ['certificate', 'key'])
      await inHost(DATABASE, 'cp', '-p', `/etc/citydc/secrets/${part}-pgbackrest-${DATABASE}`, `/var/spool/pgbackrest/${part}`);
    expect(await repositoryFrom(DATABASE, ...STOLEN)).toContain(SERVES);
  });

  test('a database whose certificate is revoked is refused, the other is not', async () => {
    const start = performance.now();
    await succeed('pki', 'revoke', `pgbackrest/${DATABASE}`, '--reason', 'keyCompromise');
    expect((await citydc(['up', '--plan', ...up.slice(1)])).stdout).toContain('/etc/citydc/secrets/names-pgbackrest');
    expect(JSON.parse(await succeed(...up, '--json'))).toMatchObject({ did: 'changed', late: [] });
    const seconds = (performance.now() - start) / 1000;
    console.warn(`revoked and in all hosts after ${seconds.toFixed(1)} s`);
    expect(await repositoryFrom(DATABASE)).toMatch(REFUSED);
    expect(await repositoryFrom('s1-database2')).toContain(SERVES);
    expect(seconds).toBeLessThan(IN_ALL_HOSTS_SECONDS);
  });

  test('with another certificate it is taken again, with the copy it never is', async () => {
    await succeed('pki', 'issue', `pgbackrest/${DATABASE}`);
    await succeed(...up);
    expect(await repositoryFrom(DATABASE)).toContain(SERVES);
    expect(await repositoryFrom(DATABASE, ...STOLEN)).toMatch(REFUSED);
  });

  test('monitors know when each ends', async () => {
    const { stdout } = await inHost('s1-monitor1', 'curl', '-s', '-m', '3', `http://127.0.0.1:${PORT.notices}/metrics`);
    const days = (Number(/\{identity="etcd\/s1-etcd1"\} (\d+)/.exec(stdout)?.[1]) * 1000 - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(80);
  });

  test('all are renewed, and nothing but the servers of pgBackRest starts anew', async () => {
    const pids = () =>
      Promise.all([
        pidsOf(DATABASE, 'patroni'),
        pidsOf('s2-repository1', 'backups'),
        pidsOf('s1-etcd1', 'etcd'),
        pidsOf('s1-monitor1', 'notices'),
      ]);
    const before = await pids();
    await succeed('pki', 'renew', '--all');
    expect(JSON.parse(await succeed(...up, '--json'))).toMatchObject({ did: 'changed', late: [] });
    expect(await pids()).toEqual(before);
    for (const [host, port, use] of SERVERS)
      await eventually(`the new certificate at ${host}:${port}`, async () => {
        const file = identityOf(use, host).certificate;
        return (await inHost(host, 'python3', '-c', SERVES_FILE, host, `${port}`, file)).stdout === 'True\n';
      });
    expect(await repositoryFrom(DATABASE)).toContain(SERVES);
    for (const address of PORTALS)
      expect((await inHost('e77', 'curl', '-s', '-m', '3', urlOf(address, 80, 'health'))).stdout).toContain('portal');
  });
});
