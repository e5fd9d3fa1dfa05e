/** What an attacker tries who has a host, or a certificate, or a password of the city: the doors of the control plane and the database. */

import { describe, expect, test } from 'vitest';
import { secretFile } from '../../../infra/site/host.js';
import { type IdentityUse, identityOf } from '../../../infra/site/identity.js';
import { askHost } from '../citydc.js';

/** Its tests, in the city of the file that calls it. */
export function closedDoors(): void {
  const curl = (host: string, ...words: readonly string[]) => askHost(host, 'curl', '-sS', '-m', '3', ...words);
  /** As who has the files of a host's identity. */
  const by = (use: IdentityUse, host: string): readonly string[] => {
    const { authority, certificate, key } = identityOf(use, host);
    return ['--cacert', authority, '--cert', certificate, '--key', key];
  };
  const anybody = (use: IdentityUse, host: string): readonly string[] => ['--cacert', identityOf(use, host).authority];
  const PUT = ['-d', '{"key": "L3NlcnZpY2UvY2l0eS9jb25maWc=", "value": "e30="}'];

  describe('etcd', () => {
    const put = 'https://s1-etcd1:2379/v3/kv/put';
    test('is not there for a monitor, which may read its health and nothing else', async () => {
      expect((await curl('s1-monitor1', ...by('monitor', 's1-monitor1'), ...PUT, 'https://10.104.24.65:2379/v3/kv/put')).code).toBe(28);
      expect((await curl('s1-monitor1', ...by('monitor', 's1-monitor1'), 'https://s1-etcd1:2381/health')).stdout).toBe('{"health":"true"}');
      expect((await curl('s1-monitor1', ...by('monitor', 's1-monitor1'), ...PUT, 'https://s1-etcd1:2381/v3/kv/put')).stdout).toContain(
        '404',
      );
    });
    test('takes nothing from who has no certificate', async () => {
      expect((await curl('s1-database1', ...anybody('database', 's1-database1'), ...PUT, put)).code).not.toBe(0);
      expect((await curl('s1-database1', ...anybody('database', 's1-database1'), 'http://s1-etcd1:2379/version')).stdout).not.toContain(
        'etcd',
      );
    });
    test('takes nothing from who has a certificate and is no user', async () =>
      expect((await curl('s1-database1', ...by('database', 's1-database1'), ...PUT, put)).stdout).toMatch(
        /user name is empty|permission denied/,
      ));
    test('takes from Patroni what is Patroni’s, and nothing else', async () => {
      const script = `ask() { curl -s -m 3 -K /etc/patroni/curl "https://s1-etcd1:2379/v3/$1" -H "Authorization: \${token:-}" -d "$2"; }
token=$(ask auth/authenticate "{\\"name\\": \\"patroni\\", \\"password\\": \\"$(cat ${secretFile('password:etcd-patroni')})\\"}" | sed -n 's/.*"token":"\\([^"]*\\)".*/\\1/p')
ask kv/range '{"key": "L3NlcnZpY2UvY2l0eS9sZWFkZXI="}'; echo
ask kv/put '{"key": "L290aGVy", "value": "e30="}'; echo
ask auth/user/add '{"name": "mine", "password": "mine"}'`;
      const { stdout } = await askHost('s1-database1', 'sh', '-c', script);
      const [own, other, user] = stdout.split('\n');
      expect(own).toContain('"kvs"');
      expect(other).toContain('permission denied');
      expect(user).toContain('permission denied');
    });
  });

  describe('Patroni', () => {
    const restart = ['-X', 'POST', '-d', '{}', 'https://s1-database1:8008/restart'];
    test('does not listen to who has no certificate', async () =>
      expect((await curl('s1-edge1', '--cacert', secretFile('authority:edge'), 'https://s1-database1:8008/')).code).not.toBe(0));
    test('lets who has one look, and do nothing', async () => {
      expect(
        (
          await curl(
            's1-edge1',
            ...by('edge', 's1-edge1'),
            '-X',
            'OPTIONS',
            '-o',
            '/dev/null',
            '-w',
            '%{http_code}',
            'https://s1-database1:8008/primary',
          )
        ).stdout,
      ).toBe('200');
      expect((await curl('s1-edge1', ...by('edge', 's1-edge1'), ...restart)).stdout).toContain('no auth header received');
    });
  });

  describe('PostgreSQL', () => {
    const psql = async (host: string, access: string, password = '') =>
      askHost(
        host,
        'sh',
        '-c',
        `PGCONNECT_TIMEOUT=3 PGPASSWORD=$(${password === '' ? 'true' : `cat ${password}`}) psql -XAtqc 'select 1' "$1"`,
        'sh',
        access,
      );
    const EDGE = 'host=s1-edge1 port=5000';
    const own = secretFile('password:database-2');
    test('lets a system to its own database, encrypted', async () => {
      expect((await psql('s1-application1', `${EDGE} dbname=documents user=documents sslmode=require`, own)).stdout).toBe('1\n');
      expect((await psql('s1-application1', `${EDGE} dbname=documents user=documents sslmode=disable`, own)).stderr).toContain(
        'no encryption',
      );
    });
    test('lets it to no other', async () =>
      expect((await psql('s1-application1', `${EDGE} dbname=portal user=documents sslmode=require`, own)).stderr).toContain(
        'no pg_hba.conf entry',
      ));
    test.each(['postgres', 'replicator', 'rewind'])('lets %s in from no application host', async user =>
      expect((await psql('s1-application1', `${EDGE} dbname=documents user=${user} sslmode=require`, own)).stderr).toContain(
        'no pg_hba.conf entry',
      ),
    );
    test('copies nothing to who has the password and no certificate', async () => {
      const { stderr } = await psql(
        's1-database2',
        'host=s1-database1 dbname=postgres user=replicator replication=true sslmode=require sslcert=/none sslkey=/none',
        secretFile('password:patroni-replication'),
      );
      expect(stderr).toContain('connection requires a valid client certificate');
    });
  });
}
