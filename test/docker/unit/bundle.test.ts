/** Bundles that are none, are damaged, or go where something is already. A whole one: `test/docker/two-hosts.test.ts`. */

import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, realpathSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { digestsOf } from '../../../infra/docker/bundle/digests.js';
import { install } from '../../../infra/docker/bundle/install.js';
import { bundleIn, HEADER_BYTES, IN_BUNDLE, type Manifest, PLATFORM } from '../../../infra/docker/bundle/layout.js';
import { layPlugin } from '../../../infra/docker/bundle/plugins.js';
import { COMMAND, header } from '../../../infra/docker/bundle/scripts.js';
import { pluginPath, REGISTRIES } from '../../../infra/docker/deploy/terraform.js';
import { temporaryFolder } from '../../temporary-folder.js';

const { signal } = new AbortController();

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
  appendFileSync(file, execFileSync('tar', ['-C', content, '-cf', '-', IN_BUNDLE.manifest, IN_BUNDLE.program, IN_BUNDLE.image]));
  return file;
}

test('the script before the archive has its length, and shells can read it', () => {
  const script = header({ city: 'toy', platform: PLATFORM });
  expect(Buffer.byteLength(script)).toBe(HEADER_BYTES);
  for (const text of [script, COMMAND]) execFileSync('sh', ['-n'], { input: text });
});

test('it is unpacked into a folder of its own', async () => {
  const to = join(temporaryFolder(), 'installed');
  const { folder } = await install({ file: await small(), to, signal });
  expect(folder).toBe(to);
  expect(bundleIn(to)).toMatchObject({ manifest: { city: 'toy' }, plugins: undefined });
  expect(existsSync(join(to, '.new'))).toBe(false);
});

test('a later one goes over it, and what the city keeps there stays', async () => {
  const to = join(temporaryFolder(), 'installed');
  await install({ file: await small(), to, signal });
  mkdirSync(join(to, '.citydc'));
  writeFileSync(join(to, '.citydc', 'secret'), 'kept');
  await install({ file: await small({ image: '4567' }), to, signal });
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
  await expect(install({ file: await small(), to, signal })).rejects.toThrow(/holds files that are not of a bundle/);
});

test('what is no bundle is refused', async () => {
  const file = join(temporaryFolder(), 'x');
  writeFileSync(file, '#!/bin/sh\necho no\n');
  await expect(install({ file, to: undefined, signal })).rejects.toThrow(/this is no bundle/);
  await expect(install({ file: `${file}.none`, to: undefined, signal })).rejects.toThrow(/cannot be read: ENOENT/);
});

test('one for another kind of machine is refused', async () => {
  const file = await small({ platform: 'linux-riscv64' });
  await expect(install({ file, to: join(temporaryFolder(), 'x'), signal })).rejects.toThrow(/is for linux-riscv64/);
});

test.each<[string, () => Promise<string>]>([
  [
    'cut short',
    async () => {
      const file = await small();
      truncateSync(file, HEADER_BYTES + 700);
      return file;
    },
  ],
  ['with another file than was packed', () => small({}, content => writeFileSync(join(content, IN_BUNDLE.image), 'other\n'))],
  ['with a file less', () => small({ files: { 'dist/gone.js': 'x' } })],
])('one %s is damaged, and nothing is replaced', async (_, damagedOne) => {
  const to = join(temporaryFolder(), 'installed');
  await install({ file: await small(), to, signal });
  await expect(install({ file: await damagedOne(), to, signal })).rejects.toThrow(/the bundle is damaged/);
  expect(bundleIn(to)?.manifest.image).toBe('0123');
  expect(readFileSync(join(to, IN_BUNDLE.image), 'utf8')).toBe('image\n');
});
