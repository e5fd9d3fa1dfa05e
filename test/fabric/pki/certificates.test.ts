/** What hosts are given, as Node and OpenSSL see it. */

import { execFileSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeAll, describe, expect, test } from 'vitest';
import { USES, type UseName } from '../../../infra/fabric/pki/uses.js';
import { revoke } from '../../../infra/fabric/pki/verbs.js';
import { skipUnless } from '../../skips.js';
import { temporaryFolder } from '../../temporary-folder.js';
import { DAY_MS, FOUNDED, onDay, type Room, room, toy } from './hand-out.js';

const identity = 'pgbackrest/s1-database1';
const database = toy.hosts.find(({ name }) => name === 's1-database1');
let made: Room;
let [root, chain, key] = ['', '', ''];
beforeAll(async () => {
  made = room();
  [root = '', chain = '', key = ''] = await made.upAt()(['authority:pgbackrest', `certificate:${identity}`, `key:${identity}`]);
});
const certificatesIn = (text: string) => text.split(/(?<=-----END CERTIFICATE-----\n)/).filter(part => part.trim() !== '');
const days = ({ validFrom, validTo }: X509Certificate) => (Date.parse(validTo) - Date.parse(validFrom)) / DAY_MS;

test('a leaf is followed by the intermediate of its site, which the root has signed', () => {
  const [leaf, intermediate, ...rest] = certificatesIn(chain).map(text => new X509Certificate(text));
  const trusted = new X509Certificate(root);
  expect(rest).toEqual([]);
  expect(leaf?.checkIssued(intermediate as X509Certificate)).toBe(true);
  expect(intermediate?.checkIssued(trusted)).toBe(true);
  expect(intermediate?.verify(trusted.publicKey)).toBe(true);
  expect(intermediate?.subject).toMatch(/^CN=citydc toy s1 /);
  expect([leaf?.ca, intermediate?.ca, trusted.ca]).toEqual([false, true, true]);
  expect(leaf?.checkPrivateKey(createPrivateKey(key))).toBe(true);
});

test('90 days a leaf, a year an intermediate, five a root, and none longer', () => {
  const all = [root, ...certificatesIn(chain)].map(text => days(new X509Certificate(text)));
  expect(all).toEqual([5 * 365, 90, 365]);
});

test('a leaf names its host: DNS name, both addresses, permanent number', () => {
  const [leaf] = certificatesIn(chain).map(text => new X509Certificate(text));
  expect(leaf?.subject).toBe('CN=s1-database1');
  expect(leaf?.subjectAltName).toContain('DNS:s1-database1, IP Address:');
  for (const address of database?.addresses ?? []) expect(leaf?.checkIP(address)).toBeDefined();
  expect(leaf?.subjectAltName).toContain('URI:urn:citydc:toy:1:database1');
  expect(toy.hosts.find(({ name }) => name === 'e100')).toMatchObject({ number: '100', issuer: 'network' });
});

test('serial numbers are of 128 random bits', async () => {
  const { register } = await made.open();
  const serials = register.issued.map(({ serial }) => serial);
  expect(new Set(serials).size).toBe(serials.length);
  for (const serial of serials) expect(serial).toMatch(/^01[0-9a-f]{32}$/);
  expect(new X509Certificate(chain).serialNumber.toLowerCase()).toBe(serials.at(-1));
});

test.each(Object.entries(USES))('%s has the key usages of its table, and no more', async (use, { as }) => {
  const [text = ''] = await made.upAt()([`certificate:${use as UseName}/s1-monitor1`]);
  const [server, client] = ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'];
  expect(new X509Certificate(text).keyUsage).toEqual({ server: [server], client: [client], both: [server, client] }[as]);
});

test('monitors get when the newest certificate of every identity ends, those just made included', async () => {
  const [expiries = '', leaf = ''] = await made.upAt()(['expiries:city', 'certificate:monitor/s2-monitor1']);
  const ends = Date.parse(new X509Certificate(leaf).validTo) / 1000;
  expect(expiries).toContain(`citydc_certificate_expiry_time_seconds{identity="monitor/s2-monitor1"} ${ends}\n`);
  expect(expiries.match(/identity="root"/g)).toHaveLength(1);
});

test('the folder is 0700, its files 0600', async () => {
  const entries = readdirSync(made.secrets, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const mode = statSync(join(entry.parentPath, entry.name)).mode & 0o777;
    expect(mode.toString(8), entry.name).toBe(
      entry.isDirectory() ? '700' : entry.name === 'root.pem' && entry.parentPath.endsWith('/root') ? '644' : '600',
    );
  }
});

const openssl = (() => {
  try {
    execFileSync('openssl', ['version']);
    return undefined;
  } catch {
    return 'needs openssl';
  }
})();

const SUITE = 'OpenSSL looks at certificates';
describe.skipIf(skipUnless(SUITE, openssl))(SUITE, () => {
  /** What OpenSSL says of a leaf, with its chain and all revocation lists. */
  const verify = async (purpose: string, use: string, host: string, at = FOUNDED): Promise<string> => {
    const [trust = '', text = '', lists = ''] = await made.upAt(at)([`authority:${use}`, `certificate:${use}/${host}`, `revoked:${use}`]);
    const folder = temporaryFolder();
    const [leaf = '', intermediate = ''] = certificatesIn(text);
    for (const [name, content] of Object.entries({ trust, leaf, intermediate, lists })) writeFileSync(join(folder, name), content);
    const words = [
      '-CAfile',
      'trust',
      '-untrusted',
      'intermediate',
      '-CRLfile',
      'lists',
      '-crl_check_all',
      '-purpose',
      purpose,
      '-x509_strict',
    ];
    const time = ['-attime', `${Math.floor(at.getTime() / 1000)}`];
    const { all } = await execa('openssl', ['verify', ...words, ...time, 'leaf'], { cwd: folder, reject: false, all: true });
    return all;
  };

  test('each is good for its purposes with all lists checked, and for no other', async () => {
    expect(await verify('sslclient', 'pgbackrest', 's1-database1')).toBe('leaf: OK');
    expect(await verify('sslserver', 'pgbackrest', 's1-database1')).toBe('leaf: OK');
    expect(await verify('sslclient', 'ward', 'e100')).toBe('leaf: OK');
    expect(await verify('sslserver', 'ward', 'e100')).toContain('unsuitable certificate purpose');
    expect(await verify('sslserver', 'edge', 's1-edge1')).toContain('unsuitable certificate purpose');
  });

  test('a year on, all of them renewed as they became due', async () => {
    for (const day of [70, 140, 210, 280, 350, 400])
      expect(await verify('sslserver', 'etcd', 's2-etcd1', onDay(day)), `day ${day}`).toBe('leaf: OK');
  });

  test('one that is revoked is refused, and its site with it when the intermediate is', async () => {
    const [edge = ''] = await made.upAt(onDay(400))(['certificate:edge/s2-edge1']);
    await revoke(await made.open(onDay(400)), 'etcd/s2-etcd1', 'keyCompromise');
    expect(await verify('sslserver', 'etcd', 's2-etcd1', onDay(400))).toContain('certificate revoked');
    expect(await verify('sslclient', 'edge', 's2-edge1', onDay(400))).toBe('leaf: OK');
    await revoke(await made.open(onDay(400)), 's2', 'cACompromise');
    // Its site has another intermediate at once, and the host another certificate.
    expect(await verify('sslclient', 'edge', 's2-edge1', onDay(400))).toBe('leaf: OK');
    const [after = ''] = await made.upAt(onDay(400))(['certificate:edge/s2-edge1']);
    expect(after).not.toBe(edge);
  });
});

test('what is in the register is never changed, only added to', async () => {
  const before = readFileSync(made.path('register.jsonl'), 'utf8');
  await revoke(await made.open(onDay(401)), 'edge/s1-edge1', 'superseded').catch(() => undefined);
  await made.upAt(onDay(401))(['certificate:edge/s1-edge1']);
  expect(readFileSync(made.path('register.jsonl'), 'utf8').startsWith(before)).toBe(true);
  expect(before.split('\n')[0]).toMatch(/^\{"schema":1,"what":"founded","city":"toy"/);
});
