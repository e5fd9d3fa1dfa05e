import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { siteLoss } from '../../../runbooks/drills/site-loss.js';
import { openJournal, type RunOpening, readJournal } from '../../../runbooks/evidence/journal.js';
import { temporaryFolder } from '../../temporary-folder.js';
import { topology } from '../toy-city.js';

const opened: RunOpening = { kind: 'opened', schema: 1, run: 'r', pid: 1, plan: siteLoss.plan(topology, 'lab') };

async function written(): Promise<{ path: string; text: string }> {
  const path = join(temporaryFolder(), 'journal.jsonl');
  const journal = await openJournal(path, () => 1000, opened);
  for (const body of [
    { kind: 'transition', to: 'precheck' },
    { kind: 'steady', checks: 3 },
  ] as const)
    await journal.append(body);
  return { path, text: await readFile(path, 'utf8') };
}

test('what was appended is read, and the chain holds', async () => {
  const { text } = await written();
  expect(readJournal(text)).toMatchObject({
    problem: undefined,
    tornBytes: 0,
    entries: [{ sequence: 1 }, { sequence: 2 }, { sequence: 3 }],
  });
});

test('taken up again, it continues', async () => {
  const { path } = await written();
  const journal = await openJournal(path, () => 2000, opened);
  await journal.append({ kind: 'closed', verdict: 'pass' });
  expect(readJournal(await readFile(path, 'utf8'))).toMatchObject({ problem: undefined, entries: { length: 4 } });
});

test('a changed line breaks the chain at the line after it', async () => {
  const { text } = await written();
  expect(readJournal(text.replace('"precheck"', '"baseline"')).problem).toBe('line 3 does not follow from the line before it');
});

test('a dropped line, an inserted line and a line of something else are seen', async () => {
  const lines = (await written()).text.split('\n');
  expect(readJournal(lines.toSpliced(1, 1).join('\n')).problem).toBe('line 2 says it is entry 3');
  expect(readJournal(lines.toSpliced(1, 0, lines[1] ?? '').join('\n')).problem).toBe('line 3 says it is entry 2');
  expect(readJournal(lines.toSpliced(1, 0, 'hello').join('\n')).problem).toBe('line 2 is no journal entry');
  expect(readJournal(lines.toSpliced(0, 1).join('\n')).problem).toBe('line 1 says it is entry 2');
});

test('a torn last line was never acted upon', async () => {
  const { text } = await written();
  expect(readJournal(text.slice(0, -5))).toMatchObject({ problem: undefined, entries: { length: 2 } });
});

test.each([
  ['in its last line', 5, ['opened', 'transition', 'cut-off']],
  ['in its first', Number.POSITIVE_INFINITY, ['opened', 'cut-off']],
])('torn %s, it is taken up with a record of what was cut off', async (_, cut, kinds) => {
  const { path, text } = await written();
  const torn = cut === 5 ? text.slice(0, -cut) : text.slice(0, 40);
  await writeFile(path, torn);
  const journal = await openJournal(path, () => 2000, opened);
  await journal.append({ kind: 'closed', verdict: 'aborted' });
  expect(journal.entries().map(({ kind }) => kind)).toEqual([...kinds, 'closed']);
  expect(journal.entries().at(-2)).toMatchObject({ text: torn.slice(torn.lastIndexOf('\n') + 1) });
  expect(readJournal(await readFile(path, 'utf8'))).toEqual({ problem: undefined, tornBytes: 0, entries: journal.entries() });
});

test.each([
  ['glued to the next line', (text: string) => text.replace('{"sequence":3', '{"sequen{"sequence":3'), 'line 3 is no journal entry'],
  ['changed', (text: string) => text.replace('"precheck"', '"baseline"'), 'line 3 does not follow from the line before it'],
  ['overwritten from the start', (text: string) => text.replace('{"sequence":1', '\0\0'), 'line 1 is no journal entry'],
])('%s, it is set aside as it was, and begun anew with what was planned', async (_, damage, problem) => {
  const { path, text } = await written();
  for (const aside of ['journal.damaged.jsonl', 'journal.damaged-2.jsonl']) {
    await writeFile(path, damage(text));
    const journal = await openJournal(path, () => 2000, { ...opened, pid: 2 });
    expect(journal.entries()).toMatchObject([
      { kind: 'opened', pid: 2, plan: opened.plan },
      { kind: 'damaged', aside, problem },
    ]);
    expect(await readFile(join(dirname(path), aside), 'utf8')).toBe(damage(text));
  }
  expect(readJournal(await readFile(path, 'utf8'))).toMatchObject({ problem: undefined, entries: { length: 2 } });
  expect((await readdir(dirname(path))).toSorted()).toEqual(['journal.damaged-2.jsonl', 'journal.damaged.jsonl', 'journal.jsonl']);
});

test('what a failed append left behind is cut off by the next', async () => {
  const { path } = await written();
  const journal = await openJournal(path, () => 2000, opened);
  await appendFile(path, '{"sequence":4,"at');
  await journal.append({ kind: 'closed', verdict: 'pass' });
  expect(readJournal(await readFile(path, 'utf8'))).toMatchObject({ problem: undefined, entries: { length: 4 } });
});

test('a journal that cannot be written is no bug', async () => {
  const path = join(temporaryFolder(), 'gone', 'journal.jsonl');
  await expect(openJournal(path, () => 1000, opened)).rejects.toMatchObject({ name: 'WorldError', hint: expect.stringContaining('disk') });
});
