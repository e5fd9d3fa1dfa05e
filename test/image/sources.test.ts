import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { debianMirror } from '../../infra/image/sources.js';
import { temporaryFolder } from '../temporary-folder.js';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});

const given = async (files: Readonly<Record<string, string>>): Promise<void> => {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
};
const mirror = (override?: string) => debianMirror(override, folder);

const DEB822 = `# the main archive
Types: deb
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
`;
const DEB822_SECURITY = `Types: deb
URIs: http://security.example/debian-security
Suites: bookworm-security
Components: main
`;

test('of deb822 the main archive, whatever stands before it', async () => {
  await given({ 'sources.list.d/debian.sources': `${DEB822_SECURITY}\n${DEB822}` });
  expect(await mirror()).toBe('http://mirror.example/debian');
});

test('of one-line sources too, with options, and no security suite', async () => {
  await given({
    'sources.list': [
      '# deb http://commented.example/debian bookworm main',
      'deb-src http://source.example/debian bookworm main',
      'deb http://security.example/debian-security bookworm-security main',
      'deb [arch=amd64 signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] https://mirror.example/debian bookworm main contrib',
    ].join('\n'),
  });
  expect(await mirror()).toBe('https://mirror.example/debian');
});

test('a source of something else is passed over', async () => {
  await given({
    'sources.list.d/a.list': 'deb https://vendor.example/apt stable contrib\n',
    'sources.list.d/b.list': 'deb https://vendor.example/apt sdk-bookworm main\n',
    'sources.list.d/c.list': 'deb [signed-by=/usr/share/keyrings/vendor.gpg] https://vendor.example/apt bookworm main\n',
    'sources.list.d/d.sources': DEB822.replace('debian-archive', 'vendor').replace('mirror', 'vendor'),
    'sources.list.d/z.sources': DEB822,
  });
  expect(await mirror()).toBe('http://mirror.example/debian');
});

test('a source that is switched off is passed over', async () => {
  await given({
    'sources.list.d/a.sources': `Enabled: no\n${DEB822.replace('mirror.example', 'off.example')}`,
    'sources.list.d/b.sources': DEB822,
  });
  expect(await mirror()).toBe('http://mirror.example/debian');
});

test('a source of source packages only is passed over', async () => {
  await given({
    'sources.list.d/a.sources': DEB822.replace('Types: deb', 'Types: deb-src').replace('mirror', 'source'),
    'sources.list.d/b.sources': DEB822,
  });
  expect(await mirror()).toBe('http://mirror.example/debian');
});

test('a list of mirrors is no mirror', async () => {
  await given({ 'sources.list.d/debian.sources': DEB822.replace(/URIs: .*/, 'URIs: mirror+file:///etc/apt/mirrors/debian.list') });
  await expect(mirror()).rejects.toThrow('no Debian package source found');
});

test('the variable wins, and an empty one is none', async () => {
  await given({ 'sources.list.d/debian.sources': DEB822 });
  expect(await mirror('http://chosen.example/debian')).toBe('http://chosen.example/debian');
  expect(await mirror('')).toBe('http://mirror.example/debian');
});

test('without any the error names the folder and the way out', async () => {
  await given({ 'sources.list': '# nothing\n', 'sources.list.d/debian.sources': DEB822_SECURITY });
  await expect(mirror()).rejects.toMatchObject({
    name: 'WorldError',
    message: `no Debian package source found in ${folder}`,
    hint: 'name a Debian mirror in the variable CITYDC_MIRROR',
  });
});
