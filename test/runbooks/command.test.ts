import { cp, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { CommandEntry, World } from '../../infra/cli/command.js';
import { recoveredWords } from '../../infra/cli/commands/drill/run.js';
import { run } from '../../infra/cli/run.js';
import { runDrill } from '../../runbooks/drill/engine.js';
import { siteLoss } from '../../runbooks/drills/site-loss.js';
import { openJournal } from '../../runbooks/evidence/journal.js';
import { temporaryFolder } from '../temporary-folder.js';
import { ToyCity, topology } from './toy-city.js';

const DRILL: CommandEntry = {
  name: 'drill',
  summary: 'drills',
  example: 'x',
  load: () => import('../../infra/cli/commands/drill/drill.js'),
};

async function citydc(state: string, ...args: readonly string[]) {
  const written = { stdout: '', stderr: '' };
  const stream = (name: keyof typeof written) => ({
    write: (text: string | Uint8Array) => {
      written[name] += text;
      return true;
    },
  });
  const world: World = {
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    env: { CITYDC_STATE: state },
    now: () => new Date(),
    interrupted: () => new AbortController().signal,
  };
  return { code: await run(['drill', ...args], [DRILL], world), ...written };
}

describe('citydc drill', () => {
  let state = '';
  let name = '';
  beforeAll(async () => {
    state = temporaryFolder();
    const finished = await runDrill(siteLoss, topology, await new ToyCity().stage(), { signal: new AbortController().signal });
    name = finished.run;
    await rename(dirname(finished.folder), join(state, 'drills'));
  });

  test('list names the drills and the runs', async () => {
    const { code, stdout } = await citydc(state, 'list', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ drills: [{ name: 'site-loss' }], runs: [{ run: name, verdict: 'pass' }] });
  });

  test('plan needs no running city', async () => {
    const { code, stdout } = await citydc(state, 'plan', 'site-loss');
    expect(code).toBe(0);
    expect(stdout).toContain('power off, as one fault: s1-router1');
  });

  test('judge repeats the verdict, by name and by folder', async () => {
    expect(await citydc(state, 'judge', name)).toMatchObject({ code: 0, stdout: expect.stringContaining(`${name}: pass`) });
    expect((await citydc(state, 'judge', join(state, 'drills', name))).code).toBe(0);
  });

  test('report speaks Vietnamese first, and English when asked', async () => {
    expect((await citydc(state, 'report')).stdout).toContain('Kết luận: ĐẠT');
    expect((await citydc(state, 'report', name, '--lang', 'en')).stdout).toContain('Verdict: PASS');
  });

  describe('a run whose journal', () => {
    async function changed(change: (journal: string) => string) {
      const folder = join(temporaryFolder(), name);
      await cp(join(state, 'drills', name), folder, { recursive: true });
      const journal = join(folder, 'journal.jsonl');
      await writeFile(journal, change(await readFile(journal, 'utf8')));
      return folder;
    }
    const withoutLast = (journal: string) => `${journal.trimEnd().split('\n').slice(0, -1).join('\n')}\n`;

    test.each([
      ['lost its end', withoutLast, 'it is not closed: '],
      [
        'was closed otherwise',
        (journal: string) => journal.replace(/"verdict":"pass"\}\n$/, '"verdict":"fail"}\n'),
        'it was closed as fail, and is judged pass now',
      ],
    ])('%s is doubted, exit 3', async (_, change, words) => {
      const folder = await changed(change);
      for (const sub of ['judge', 'report']) {
        expect(await citydc(state, sub, folder)).toMatchObject({
          code: 3,
          stderr: expect.stringContaining(`${name} proves nothing: ${words}`),
        });
        expect(JSON.parse((await citydc(state, sub, folder, '--json')).stdout)).toMatchObject({ doubts: [expect.stringContaining(words)] });
      }
      expect((await citydc(state, 'report', folder)).stdout).toContain(`**Không nên dựa vào kết luận này**: ${words}`);
    });

    test.each([
      ['is damaged', (journal: string) => journal.replace('"precheck"', '"baseline"'), 'is not judged: its journal is damaged: line 3'],
      ['is damaged from the start', (journal: string) => `\0${journal}`, 'journal.jsonl is damaged: line 1 is no journal entry'],
    ])('%s is not judged, exit 3', async (_, change, words) => {
      const { code, stdout, stderr } = await citydc(state, 'judge', await changed(change));
      expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
      expect(stderr).toContain(words);
      expect(stderr).not.toContain('bug');
    });

    test('was set aside by a recovery is not judged, exit 3', async () => {
      const folder = await changed(journal => journal.replace('"precheck"', '"baseline"'));
      const opening = { kind: 'opened', schema: 1, run: name, pid: 1, plan: siteLoss.plan(topology, 'lab') } as const;
      await openJournal(join(folder, 'journal.jsonl'), () => 0, opening);
      const { code, stderr } = await citydc(state, 'judge', folder);
      expect(code).toBe(3);
      expect(stderr).toContain(`${name} is not judged: its journal was damaged (line 3 does not follow`);
    });
  });

  test.each(['pass', 'aborted'] as const)('recover says that a run is closed as %s', closedAs =>
    expect(recoveredWords({ run: 'r', closedAs })).toBe(`recovered: r is closed as ${closedAs}`),
  );

  test('run without a city says how to get one, exit 3', async () =>
    expect(await citydc(state, 'run', 'site-loss')).toMatchObject({ code: 3, stdout: '', stderr: expect.stringContaining('npm start') }));

  test.each([
    [['run', 'flood'], "error: command-argument value 'flood' is invalid for argument 'drill'. there are: site-loss"],
    [['judge', 'nothing'], 'holds no journal.jsonl of a drill'],
    [['report', '--lang', 'fr'], 'Allowed choices are vi, en'],
  ])('%j is bad input', async (args, message) => {
    const { code, stderr } = await citydc(state, ...args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  test('every subcommand has an example in its help', async () => {
    for (const sub of ['list', 'plan', 'run', 'recover', 'report', 'judge'])
      expect((await citydc(state, sub, '--help')).stdout).toContain(`Example:\n  citydc drill ${sub}`);
  });
});
