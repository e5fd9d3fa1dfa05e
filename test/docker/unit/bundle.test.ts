/** Bundles that are none, are damaged or another's, or go where something is already. A whole one: `test/docker/two-hosts.test.ts`. */

import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync, realpathSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { digestsOf } from '../../../infra/docker/bundle/digests.js';
import { install } from '../../../infra/docker/bundle/install.js';
import { bundleIn, HEADER_BYTES, IN_BUNDLE, type Manifest, PLATFORM } from '../../../infra/docker/bundle/layout.js';
import { layPlugin } from '../../../infra/docker/bundle/plugins.js';
import { COMMAND, header } from '../../../infra/docker/bundle/scripts.js';
import { signatureOf, signBundle } from '../../../infra/docker/bundle/signature.js';
import { pluginPath, REGISTRIES } from '../../../infra/docker/deploy/terraform.js';
import { temporaryFolder } from '../../temporary-folder.js';

const { signal } = new AbortController();

/** In the order of their packing. */
const IN_ORDER = Object.values(IN_BUNDLE);
const KEY = join(temporaryFolder(), 'signing', 'bundle.key');
const proof = { key: `${KEY}.pub` };

/** What the key's holder has made, or has let be made. */
async function signed(file: string): Promise<string> {
  await signBundle(file, KEY);
  return file;
}

/** A bundle with little in it. */
async function small(changed: Partial<Manifest> = {}, after: (content: string) => void = () => {}): Promise<string> {
  const content = temporaryFolder();
  mkdirSync(join(content, IN_BUNDLE.program));
  writeFileSync(join(content, IN_BUNDLE.program, 'citydc.js'), 'program\n');
  writeFileSync(join(content, IN_BUNDLE.image), 'image\n');
  const facts = { schema: 1, city: 'toy', districts: '', image: '0123', platform: PLATFORM } as const;
  const manifest: Manifest = { ...facts, files: await digestsOf(content, IN_BUNDLE.manifest), ...changed };
  writeFileSync(join(content, IN_BUNDLE.manifest), JSON.stringify(manifest));
  after(content);
  const file = join(temporaryFolder(), 'toy.bundle');
  writeFileSync(file, header(manifest));
  appendFileSync(file, execFileSync('tar', ['-C', content, '-cf', '-', ...IN_ORDER.filter(name => existsSync(join(content, name)))]));
  return signed(file);
}

test('the script before the archive has its length, and shells can read it', () => {
  const script = header({ city: 'toy', platform: PLATFORM });
  expect(Buffer.byteLength(script)).toBe(HEADER_BYTES);
  for (const text of [script, COMMAND]) execFileSync('sh', ['-n'], { input: text });
});

test('it is unpacked into a folder of its own', async () => {
  const to = join(temporaryFolder(), 'installed');
  const { folder } = await install({ file: await small(), proof, to, signal });
  expect(folder).toBe(to);
  expect(bundleIn(to)).toMatchObject({ manifest: { city: 'toy' }, plugins: undefined });
  expect(existsSync(join(to, '.new'))).toBe(false);
});

test('a later one goes over it, and what the city keeps there stays', async () => {
  const to = join(temporaryFolder(), 'installed');
  await install({ file: await small(), proof, to, signal });
  mkdirSync(join(to, '.citydc'));
  writeFileSync(join(to, '.citydc', 'secret'), 'kept');
  await install({ file: await small({ image: '4567' }), proof, to, signal });
  expect(bundleIn(to)?.manifest.image).toBe('4567');
  expect(readFileSync(join(to, '.citydc', 'secret'), 'utf8')).toBe('kept');
});

test('its plug-in is a file in a folder of its own for either program, packed once', async () => {
  const [content, work] = [temporaryFolder(), temporaryFolder()];
  const plugin = join(content, 'plugin');
  writeFileSync(plugin, 'x'.repeat(100_000));
  await layPlugin(join(content, IN_BUNDLE.plugins), plugin);
  const archive = execFileSync('tar', ['-C', content, '-cf', '-', IN_BUNDLE.plugins]);
  execFileSync('tar', ['-C', work, '-xf', '-'], { input: archive });
  expect(archive.length).toBeLessThan(200_000);
  for (const registry of Object.values(REGISTRIES)) {
    const path = join(work, IN_BUNDLE.plugins, pluginPath(registry));
    expect(realpathSync(path)).toBe(join(realpathSync(work), IN_BUNDLE.plugins, pluginPath(registry)));
    expect(statSync(path)).toMatchObject({ size: 100_000, mode: 0o100755 });
  }
});

test('a folder that is not ours is left alone', async () => {
  const to = temporaryFolder();
  writeFileSync(join(to, 'mine'), '');
  await expect(install({ file: await small(), proof, to, signal })).rejects.toThrow(/holds files that are not of a bundle/);
});

test('what is no bundle is refused', async () => {
  const file = join(temporaryFolder(), 'x');
  writeFileSync(file, '#!/bin/sh\necho no\n');
  await expect(install({ file, proof, to: undefined, signal })).rejects.toThrow(/this is no bundle/);
  await expect(install({ file: `${file}.none`, proof, to: undefined, signal })).rejects.toThrow(/cannot be read: ENOENT/);
});

test('one for another kind of machine is refused', async () => {
  const file = await small({ platform: 'linux-riscv64' });
  await expect(install({ file, proof, to: join(temporaryFolder(), 'x'), signal })).rejects.toThrow(/is for linux-riscv64/);
});

test.each<[string, () => Promise<string>]>([
  [
    'cut short',
    async () => {
      const file = await small();
      truncateSync(file, HEADER_BYTES + 700);
      return signed(file);
    },
  ],
  ['with another file than was packed', () => small({}, content => writeFileSync(join(content, IN_BUNDLE.image), 'other\n'))],
  ['with a file less', () => small({ files: { 'dist/gone.js': 'x' } })],
])('one %s is damaged, and nothing is replaced', async (_, damagedOne) => {
  const to = join(temporaryFolder(), 'installed');
  await install({ file: await small(), proof, to, signal });
  await expect(install({ file: await damagedOne(), proof, to, signal })).rejects.toThrow(/the bundle is damaged/);
  expect(bundleIn(to)?.manifest.image).toBe('0123');
  expect(readFileSync(join(to, IN_BUNDLE.image), 'utf8')).toBe('image\n');
});

describe("another's bundle is not used", () => {
  const nothing = { message: expect.stringMatching(/not what the holder of this key has signed; nothing of it was used/) };
  const refuses = async (file: string, by: Parameters<typeof install>[0]['proof'] = proof, problem: object = nothing) => {
    const to = join(temporaryFolder(), 'x');
    await expect(install({ file, proof: by, to, signal })).rejects.toMatchObject(problem);
    expect(existsSync(to)).toBe(false);
  };

  test.each([
    ['its beginning', 100],
    ['the end of its beginning', HEADER_BYTES - 1],
    ['its archive', HEADER_BYTES + 520],
    ['its last byte', -1],
  ])('one with another byte in %s', async (_, at) => {
    const file = await small();
    const bytes = readFileSync(file);
    const place = at < 0 ? bytes.length + at : at;
    bytes[place] = (bytes[place] ?? 0) ^ 1;
    writeFileSync(file, bytes);
    await refuses(file);
  });

  test('one with more behind it, or cut short', async () => {
    const [longer, shorter] = [await small(), await small()];
    appendFileSync(longer, '\n');
    truncateSync(shorter, HEADER_BYTES + 700);
    await refuses(longer);
    await refuses(shorter);
  });

  test('one that another has signed, with the signature of another, or with none', async () => {
    const [file, other] = [await small(), await small({ image: '4567' })];
    const strange = join(temporaryFolder(), 'strange.key');
    const theirs = await signBundle(file, strange);
    await refuses(file);
    await install({ file, proof: { key: theirs.publicKey }, to: join(temporaryFolder(), 'x'), signal });
    await refuses(file, { ...proof, signature: signatureOf(other) });
    await refuses(file, { ...proof, signature: '/nowhere' }, { message: expect.stringContaining("'/nowhere' cannot be read") });
    await refuses(file, { key: file }, { message: expect.stringContaining('is no public key') });
  });

  test('the key is made once, for its owner alone, and is known by its fingerprint', async () => {
    const key = join(temporaryFolder(), 'keys', 'bundle.key');
    const file = await small();
    const first = await signBundle(file, key);
    const second = await signBundle(file, key);
    expect([first.isNew, second.isNew, first.fingerprint === second.fingerprint]).toEqual([true, false, true]);
    expect([statSync(key).mode & 0o777, statSync(join(key, '..')).mode & 0o777]).toEqual([0o600, 0o700]);
    const der = execFileSync('openssl', ['pkey', '-pubin', '-in', first.publicKey, '-outform', 'DER']);
    expect(createHash('sha256').update(der).digest('hex')).toBe(first.fingerprint);
    writeFileSync(key, 'no key');
    await expect(signBundle(file, key)).rejects.toThrow(/the key that signs bundles cannot be read/);
  });
});

describe('before a line of a bundle is run', () => {
  /** As the manual and `citydc bundle` say it. */
  const COMMANDS = 'openssl pkeyutl -verify -pubin -inkey "$1" -rawin -in "$2" -sigfile "$2.sig" && sh "$2" --key "$1" --to "$3"';
  const run = (file: string, key: string, to: string) =>
    spawnSync('sh', ['-c', COMMANDS, 'sh', key, file, to], { encoding: 'utf8', env: { PATH: process.env.PATH } });
  /** A program that says that it was run. */
  const speaking = () =>
    small({}, content => {
      writeFileSync(join(content, IN_BUNDLE.package), '{}');
      writeFileSync(join(content, IN_BUNDLE.node), '#!/bin/sh\necho it ran: "$@"\n', { mode: 0o755 });
    });

  test('openssl has checked all of it', async () => {
    const file = await speaking();
    expect(run(file, proof.key, '/srv/x')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining(`bundle install ${file} --key ${proof.key} --to /srv/x`),
    });
  });

  test('a changed beginning is not run', async () => {
    const file = await speaking();
    writeFileSync(file, readFileSync(file, 'latin1').replace('set -eu\n', 'echo it ran\n').slice(0), 'latin1');
    const { status, stdout } = run(file, proof.key, '/srv/x');
    expect(status).not.toBe(0);
    expect(stdout).not.toContain('it ran');
  });

  test('what is behind an honest beginning is checked by it: without a key, with another archive, with another key', async () => {
    const file = await speaking();
    const alone = (...words: readonly string[]) => spawnSync('sh', [file, ...words], { encoding: 'utf8' });
    expect(alone('--to', '/srv/x')).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining(`hint: sh ${file} --key KEY`) });
    expect(alone('--to', '/srv/x', '--key', proof.key)).toMatchObject({ status: 0, stdout: expect.stringContaining('it ran') });
    const { publicKey } = await signBundle(await small(), join(temporaryFolder(), 'strange.key'));
    const refused = {
      status: 3,
      stdout: '',
      stderr: expect.stringMatching(/nothing of it was run\n {2}hint: get the bundle and its \.sig/),
    };
    expect(alone('--key', publicKey)).toMatchObject(refused);
    expect(alone('--key', proof.key, '--signature', '/nowhere')).toMatchObject(refused);
    appendFileSync(file, 'more');
    expect(alone('--key', proof.key)).toMatchObject(refused);
  });
});
