import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { ReadyHost } from '../../agents/contract/ready.js';
import { layReady, type ReadyVolume } from '../../agents/lay-ready/lay-ready.js';
import { temporaryFolder } from '../temporary-folder.js';

const HOST: ReadyHost = {
  name: 'e131',
  manifest: 'one\n',
  folders: 'root 0755 /var/lib/ward\n',
  files: [{ path: '/etc/citydc/network', mode: '0640', owner: 'me', content: 'link set lo up\n' }],
  secrets: [{ file: 'password-ward', path: '/etc/citydc/secrets/password-ward', owner: 'me', program: 'ward', onChange: 'restart' }],
};

let place: ReadyVolume;
let volume: string;
beforeEach(() => {
  const root = temporaryFolder();
  volume = join(root, 'hosts', HOST.name);
  mkdirSync(volume, { recursive: true });
  mkdirSync(join(root, 'secrets', HOST.name), { recursive: true });
  writeFileSync(join(root, 'secrets', HOST.name, 'password-ward'), 'secret');
  const { uid, gid } = userInfo();
  place = { secrets: join(root, 'secrets'), hosts: join(root, 'hosts'), owners: new Map([['me', { uid, gid }]]) };
});

const changed: ReadyHost = { ...HOST, manifest: 'another\n', files: HOST.files.map(file => ({ ...file, content: 'link set lo down\n' })) };
const ready = (path: string): string => join(volume, 'current', path);

/** What a host does when it hears of new files; ends when it has answered. */
async function answer(by: 'done' | 'failed' = 'done'): Promise<void> {
  await (await open(join(volume, 'changed'))).close();
  await (await open(join(volume, by))).close();
}

describe('the files of a host', () => {
  test('lie ready for its first start, with their modes', async () => {
    expect(await layReady(place, HOST)).toBe('ready');
    expect(readFileSync(ready('root/etc/citydc/network'), 'utf8')).toBe('link set lo up\n');
    expect(statSync(ready('root/etc/citydc/network')).mode & 0o777).toBe(0o640);
    expect(statSync(ready('root/etc/citydc/secrets/password-ward')).mode & 0o777).toBe(0o400);
    expect(readFileSync(ready('folders'), 'utf8')).toBe(HOST.folders);
  });

  test('are listed with its secrets, by digest and sorted as `comm` wants it', async () => {
    await layReady(place, HOST);
    const lines = readFileSync(ready('manifest'), 'utf8').trimEnd().split('\n');
    expect(lines).toEqual([expect.stringMatching(/^[0-9a-f]{16} restart ward \/etc\/citydc\/secrets\/password-ward$/), 'one']);
    expect(statSync(ready('manifest')).mode & 0o777).toBe(0o600);
  });

  test('stay as they are when nothing has changed, and a host that has applied them is not notified', async () => {
    await layReady(place, HOST);
    const before = statSync(ready('manifest')).ino;
    const answered = answer();
    expect(await layReady(place, HOST)).toBe('applied');
    await answered;
    expect(await layReady(place, HOST)).toBe('unchanged');
    expect(statSync(ready('manifest')).ino).toBe(before);
  });

  test('that a host cannot apply are reported as such', async () => {
    await layReady(place, HOST);
    const answered = answer('failed');
    expect(await layReady(place, changed)).toBe('not applied');
    await answered;
  });

  test('that a host could not apply: it is notified of them again, until it can', async () => {
    await layReady(place, HOST);
    for (const [by, outcome] of [
      ['failed', 'not applied'],
      ['failed', 'not applied'],
      ['done', 'applied'],
    ] as const) {
      const answered = answer(by);
      expect(await layReady(place, changed)).toBe(outcome);
      await answered;
    }
    expect(await layReady(place, changed)).toBe('unchanged');
  });

  test('that were applied once: the host is notified again when others were tried in between', async () => {
    await layReady(place, HOST);
    for (const [host, by] of [
      [HOST, 'done'],
      [changed, 'failed'],
      [HOST, 'done'],
    ] as const) {
      const answered = answer(by);
      expect(await layReady(place, host)).toBe(by === 'done' ? 'applied' : 'not applied');
      await answered;
    }
  });

  test('wait for a host that is on and does not listen yet', async () => {
    await layReady(place, HOST);
    const on = await open(join(volume, 'on'), 'r+');
    const outcome = layReady(place, changed);
    await new Promise(resolve => setTimeout(resolve, 300));
    const answered = answer();
    expect(await outcome).toBe('applied');
    await Promise.all([answered, on.close()]);
  });

  test('that have changed: a host that runs is notified, and its answer awaited', async () => {
    await layReady(place, HOST);
    const answered = answer();
    expect(await layReady(place, changed)).toBe('applied');
    await answered;
    expect(readFileSync(ready('root/etc/citydc/network'), 'utf8')).toBe('link set lo down\n');
    expect(readdirSync(volume).filter(name => name.startsWith('ready-'))).toHaveLength(1);
  });

  test('that have changed lie ready for a host that is off', async () => {
    await layReady(place, HOST);
    expect(await layReady(place, changed)).toBe('ready');
  });

  test('change with a secret, too', async () => {
    await layReady(place, HOST);
    writeFileSync(join(place.secrets, HOST.name, 'password-ward'), 'another');
    expect(await layReady(place, HOST)).toBe('ready');
    expect(readFileSync(ready('root/etc/citydc/secrets/password-ward'), 'utf8')).toBe('another');
  });

  test('are others with a changed secret alone, for a host that is on', async () => {
    await layReady(place, HOST);
    const before = readFileSync(ready('manifest'), 'utf8');
    writeFileSync(join(place.secrets, HOST.name, 'password-ward'), 'another');
    const answered = answer();
    expect(await layReady(place, HOST)).toBe('applied');
    await answered;
    const after = readFileSync(ready('manifest'), 'utf8');
    expect(after).not.toBe(before);
    expect(after.replace(/^\w+ restart/, '')).toBe(before.replace(/^\w+ restart/, ''));
  });

  test('of a user whom the image does not have are refused, and the old ones stay', async () => {
    await layReady(place, HOST);
    const stranger = { ...changed, files: changed.files.map(file => ({ ...file, owner: 'nobody knows' })) };
    await expect(layReady(place, stranger)).rejects.toThrow("the image has no user 'nobody knows'");
    expect(readFileSync(ready('manifest'), 'utf8')).toContain('one\n');
  });
});
