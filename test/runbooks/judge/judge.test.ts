import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { InputError } from '../../../infra/city/problem.js';
import { runDrill } from '../../../runbooks/drill/engine.js';
import { siteLoss } from '../../../runbooks/drills/site-loss.js';
import { readEvidence } from '../../../runbooks/evidence/evidence.js';
import { judge } from '../../../runbooks/judge/judge.js';
import { judgeOutage } from '../../../runbooks/judge/rows.js';
import { exitCodeOf, worst } from '../../../runbooks/judge/verdict.js';
import { ToyCity, topology } from '../toy-city.js';

test('what was not measured is inconclusive', () => {
  expect(judgeOutage('unmeasured', 30)).toBe('inconclusive');
  expect([judgeOutage(30, 30), judgeOutage(30.01, 30), judgeOutage('never', 30)]).toEqual(['pass', 'fail', 'fail']);
  expect([worst([]), worst(['pass', 'inconclusive']), worst(['inconclusive', 'fail'])]).toEqual(['inconclusive', 'inconclusive', 'fail']);
  expect((['pass', 'fail', 'inconclusive', 'aborted'] as const).map(exitCodeOf)).toEqual([0, 1, 3, 3]);
});

describe('stored evidence', () => {
  let folder = '';
  beforeEach(async () => {
    folder = (await runDrill(siteLoss, topology, await new ToyCity().stage(), { signal: new AbortController().signal })).folder;
  });
  const verdictNow = async () => judge(await readEvidence(folder));
  const [ward = ''] = siteLoss.plan(topology, 'lab').wards.map(({ host }) => host);

  test('that is whole passes', async () => expect((await verdictNow()).verdict).toBe('pass'));

  test('that was changed proves nothing', async () => {
    await appendFile(join(folder, 'history.json'), ' ');
    expect(await verdictNow()).toMatchObject({
      verdict: 'inconclusive',
      criteria: [{ id: 'evidence', findings: ['history.json is not what was collected'] }, {}, {}, {}, {}, {}],
    });
  });

  test('without a ward’s ledger measured too little', async () => {
    await rm(join(folder, `ledgers/${ward}.jsonl`));
    const judgement = await verdictNow();
    expect(judgement.verdict).toBe('inconclusive');
    expect(judgement.criteria.find(({ id }) => id === 'coverage')?.findings).toContain(`no ledger of ${ward}`);
    expect(judgement.losses.every(({ unmeasured }) => unmeasured.includes(ward))).toBe(true);
  });

  test('without a sentinel’s words does not know whether the machine was on time', async () => {
    await rm(join(folder, `sentinels/${ward}.jsonl`));
    const judgement = await verdictNow();
    expect(judgement.verdict).toBe('inconclusive');
    expect(judgement.outages.every(({ verdict, machine }) => verdict === 'inconclusive' && machine?.what === 'unmeasured')).toBe(true);
    expect(judgement.criteria.find(({ id }) => id === 'machine')?.findings).toEqual([
      `the sentinel in ${ward} (clients): it left no output`,
    ]);
  });

  test('without a read-back measured no loss, and claims none', async () => {
    await rm(join(folder, `read-back/portal/${ward}.json`));
    expect((await verdictNow()).losses.find(({ system }) => system === 'portal')).toMatchObject({
      verdict: 'inconclusive',
      unmeasured: [ward],
    });
  });

  test('with a rewritten journal is reported', async () => {
    const path = join(folder, 'journal.jsonl');
    await writeFile(path, (await readFile(path, 'utf8')).replace('"answered"', '"answered" '));
    expect((await verdictNow()).criteria[0]?.verdict).toBe('inconclusive');
  });
});

test('a folder without a journal is bad input', async () => await expect(readEvidence('/nonexistent')).rejects.toBeInstanceOf(InputError));
