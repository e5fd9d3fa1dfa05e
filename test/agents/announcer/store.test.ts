import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readAnnounced, writeAnnounced } from '../../../agents/announcer/store.js';
import { temporaryFolder } from '../../temporary-folder.js';

test('what was written is read, and nothing before', async () => {
  const path = join(temporaryFolder(), 'deep', 'announcer.json');
  expect(await readAnnounced(path)).toEqual(new Set());
  await writeAnnounced(path, new Set(['video', 'portal']));
  expect(await readAnnounced(path)).toEqual(new Set(['portal', 'video']));
});

test('another schema is not guessed at', async () => {
  const path = join(temporaryFolder(), 'announcer.json');
  await writeFile(path, '{"schema":2}');
  await expect(readAnnounced(path)).rejects.toThrow('no state of schema 1');
});
