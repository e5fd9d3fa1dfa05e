import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { type SecretStore, secretStore } from '../../infra/image/secrets.js';
import type { Host, SecretName } from '../../infra/site/host.js';
import { toy } from '../fabric/pki/hand-out.js';
import { temporaryFolder } from '../temporary-folder.js';

let folder: string;
let notes: string[];
const store = (): SecretStore => secretStore(folder, toy, text => void notes.push(text));
beforeEach(() => {
  folder = join(temporaryFolder(), 'secrets');
  notes = [];
});

const IDENTITY = 'pgbackrest/s1-database1';
const NAMES = ['password:canary', 'authority:pgbackrest', `certificate:${IDENTITY}`, `key:${IDENTITY}`, 'revoked:pgbackrest'] as const;
const HOSTS: readonly Pick<Host, 'secrets'>[] = [
  { secrets: NAMES.map((name: SecretName) => ({ name, owner: 'root', program: 'x', onChange: 'restart' })) },
];
const file = (name: string) => join(folder, name);

test('a password is made once and kept for the next run', async () => {
  const first = await store().value('password:canary');
  expect(first).toMatch(/^[\w-]{32}$/);
  expect(await store().value('password:canary')).toBe(first);
  expect(await store().value('password:other')).not.toBe(first);
});

test('who asks at the same moment gets the same', async () => {
  const one = store();
  const values = await Promise.all(Array.from({ length: 10 }, () => one.value('password:canary')));
  expect(new Set(values).size).toBe(1);
});

test('only their owner may read them, and a city that has no authorities gets them, once said', async () => {
  await store().ready(HOSTS);
  await store().ready(HOSTS);
  expect(notes).toEqual([
    `made the city's certificate authorities; the root's private key is in ${file('pki/root')}: take it offline with 'citydc pki init --root FOLDER'`,
  ]);
  const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);
  expect(modeOf(folder)).toBe('700');
  const names = readdirSync(folder).filter(name => name !== 'pki');
  expect(names).toHaveLength(NAMES.length);
  for (const name of names) expect(modeOf(file(name)), name).toBe('600');
});

test('what a host is given is a file each, as Docker takes them, and the same as the value', async () => {
  const one = store();
  await one.ready(HOSTS);
  for (const name of NAMES) expect(readFileSync(file(name.replace(/[:/]/g, '-')), 'utf8')).toBe(await one.value(name));
  const certificate = new X509Certificate(await one.value(`certificate:${IDENTITY}`));
  expect(certificate.checkPrivateKey(createPrivateKey(await one.value(`key:${IDENTITY}`)))).toBe(true);
});

test('a crash between the files of a key and its certificate leaves a pair: both come from one file', async () => {
  await store().ready(HOSTS);
  const [key, certificate] = [file('key-pgbackrest-s1-database1'), file('certificate-pgbackrest-s1-database1')];
  const before = readFileSync(certificate, 'utf8');
  writeFileSync(key, 'half');
  rmSync(certificate);
  await store().ready(HOSTS);
  expect(readFileSync(certificate, 'utf8')).toBe(before);
  expect(new X509Certificate(before).checkPrivateKey(createPrivateKey(readFileSync(key)))).toBe(true);
});

test('a host that is not of the city, and a use that is not in the table, are bugs', async () => {
  await expect(store().value('certificate:pgbackrest/s9-database1')).rejects.toThrow("toy has no host 's9-database1'");
  await expect(store().value('certificate:other/s1-database1')).rejects.toThrow("no use 'other' of certificates");
});
