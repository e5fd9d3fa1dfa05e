import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { secretStore } from '../../infra/image/secrets.js';
import { temporaryFolder } from '../temporary-folder.js';

let folder: string;
let root: string;
beforeEach(() => {
  root = temporaryFolder();
  folder = join(root, 'secrets');
});

test('a password is made once and kept for the next run', async () => {
  const first = await secretStore(folder).value('password:canary');
  expect(first).toMatch(/^[\w-]{32}$/);
  expect(await secretStore(folder).value('password:canary')).toBe(first);
  expect(await secretStore(folder).value('password:other')).not.toBe(first);
});

test('who asks at the same moment gets the same', async () => {
  const store = secretStore(folder);
  const values = await Promise.all(Array.from({ length: 10 }, () => store.value('password:canary')));
  expect(new Set(values).size).toBe(1);
});

test('only their owner may read them', async () => {
  const store = secretStore(folder);
  for (const name of ['password:canary', 'certificate:pgbackrest/s1-database1'] as const) await store.value(name);
  const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);
  expect(await modeOf(folder)).toBe('700');
  const names = await readdir(folder);
  expect(names.length).toBeGreaterThan(3);
  for (const name of names) expect(await modeOf(join(folder, name)), name).toBe('600');
});

describe('certificates', () => {
  const identity = 'pgbackrest/s1-database1';
  const trio = async () => {
    const store = secretStore(folder);
    const [authority, certificate, key] = await Promise.all([
      store.value('authority:pgbackrest'),
      store.value(`certificate:${identity}`),
      store.value(`key:${identity}`),
    ]);
    return { authority: new X509Certificate(authority), certificate: new X509Certificate(certificate), key: createPrivateKey(key) };
  };

  test('are signed by their authority, which signs itself', async () => {
    const { authority, certificate } = await trio();
    expect(authority.ca).toBe(true);
    expect(authority.verify(authority.publicKey)).toBe(true);
    expect(certificate.checkIssued(authority)).toBe(true);
    expect(certificate.verify(authority.publicKey)).toBe(true);
    expect(certificate.ca).toBe(false);
  });

  test('name their host, and belong to their key', async () => {
    const { certificate, key } = await trio();
    expect(certificate.subject).toBe('CN=s1-database1');
    expect(certificate.checkHost('s1-database1')).toBe('s1-database1');
    expect(certificate.checkHost('s1-database2')).toBeUndefined();
    expect(certificate.checkPrivateKey(key)).toBe(true);
  });

  test('are valid now and for years', async () => {
    const { authority, certificate } = await trio();
    for (const { validFrom, validTo } of [authority, certificate]) {
      expect(new Date(validFrom).getTime()).toBeLessThan(Date.now());
      expect(new Date(validTo).getTime()).toBeGreaterThan(Date.now() + 9 * 365 * 86_400_000);
    }
  });

  test('and keys are made together, whichever is requested alone', async () => {
    const key = await secretStore(folder).value(`key:${identity}`);
    const certificate = new X509Certificate(await secretStore(folder).value(`certificate:${identity}`));
    expect(certificate.checkPrivateKey(createPrivateKey(key))).toBe(true);
  });

  test('a pair whose making was cut short is made again, as a pair', async () => {
    await trio();
    await rm(join(folder, 'key-pgbackrest-s1-database1'));
    const before = await readFile(join(folder, 'certificate-pgbackrest-s1-database1'), 'utf8');
    const { authority, certificate, key } = await trio();
    expect(certificate.checkPrivateKey(key)).toBe(true);
    expect(certificate.verify(authority.publicKey)).toBe(true);
    expect(await readFile(join(folder, 'certificate-pgbackrest-s1-database1'), 'utf8')).not.toBe(before);
  });

  test('an authority whose making was cut short is made again', async () => {
    await secretStore(folder).value('authority:pgbackrest');
    await rm(join(folder, 'authority-pgbackrest'));
    const { authority, certificate } = await trio();
    expect(certificate.verify(authority.publicKey)).toBe(true);
  });
});
