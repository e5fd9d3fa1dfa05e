import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type JournalBody, openJournal, readJournal } from '../../runbooks/journal.js';
import { siteLoss } from '../../runbooks/site-loss.js';
import { topology } from './toy-city.js';

const opened: JournalBody = { kind: 'opened', schema: 1, run: 'r', pid: 1, plan: siteLoss.plan(topology, 'lab') };

async function written(): Promise<{ path: string; text: string }> {
  const path = join(await mkdtemp(join(tmpdir(), 'journal-')), 'journal.jsonl');
  const journal = await openJournal(path, () => 1000);
  for (const body of [opened, { kind: 'transition', to: 'precheck' }, { kind: 'steady', checks: 3 }] as const) await journal.append(body);
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

test('taken up again, it goes on', async () => {
  const { path } = await written();
  const journal = await openJournal(path, () => 2000);
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
