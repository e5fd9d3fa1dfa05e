/** Runs of the engine over a city in memory. Over 300 lines: its parts share the toy city and the ways in which an engine dies. */

import { spawnSync } from 'node:child_process';
import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { WorldError } from '../../../infra/city/problem.js';
import { readLock, refuseDuringDrill } from '../../../infra/fabric/locks/drill.js';
import { recover, runDrill } from '../../../runbooks/drill/engine.js';
import { etcdLeader } from '../../../runbooks/drill/etcd.js';
import type { Stage } from '../../../runbooks/drill/run.js';
import { RECOVERY_TRANSITIONS, RUN_TRANSITIONS, type Transition } from '../../../runbooks/drill/transitions.js';
import { siteLoss } from '../../../runbooks/drills/site-loss.js';
import { entriesOf } from '../../../runbooks/evidence/chain.js';
import { readEvidence } from '../../../runbooks/evidence/evidence.js';
import { readJournal } from '../../../runbooks/evidence/journal.js';
import { judge } from '../../../runbooks/judge/judge.js';
import { FAILOVER_MS, ToyCity, topology } from '../toy-city.js';

const never = new AbortController().signal;
const text = (folder: string, name: string) => readFile(join(folder, name), 'utf8');

/** Runs something until a transition is on disk, and leaves it there as SIGKILL would: nothing after it ever happens. */
async function dieAfter(
  transition: Transition,
  start: (onTransition: (to: Transition) => Promise<void>) => Promise<unknown>,
  stage: Stage,
) {
  await new Promise<void>((resolve, reject) => {
    start(to => {
      if (to !== transition) return Promise.resolve();
      resolve();
      return new Promise(() => undefined);
    }).then(() => reject(new Error(`it ended without '${transition}'`)), reject);
  });
  await bury(stage);
}

/** The lock and the claims name a process that is gone. */
async function bury({ drillsFolder }: Stage) {
  const { pid } = spawnSync('true');
  for (const name of (await readdir(drillsFolder)).filter(each => each.endsWith('.json'))) {
    const path = join(drillsFolder, name);
    await writeFile(path, JSON.stringify({ ...JSON.parse(await readFile(path, 'utf8')), pid }));
  }
}

const start = (stage: Stage) => (onTransition: (to: Transition) => Promise<void>) =>
  runDrill(siteLoss, topology, stage, { signal: never, onTransition });
const recovering = (stage: Stage) => (onTransition: (to: Transition) => Promise<void>) =>
  recover(stage, topology, { signal: never, onTransition });

function expectWell(city: ToyCity) {
  expect(city.faults).toEqual([]);
  expect(city.leader).toMatch(/^s1-/);
  expect(city.synchronous).toHaveLength(2);
  expect([...city.clients, ...city.sentinels].filter(({ running }) => running)).toEqual([]);
}

describe('a site loss', () => {
  test('passes in a city that keeps its promises, and says what it measured', async () => {
    const city = new ToyCity();
    const stage = await city.stage();
    const { judgement, folder } = await runDrill(siteLoss, topology, stage, { signal: never });
    expect(judgement.criteria.flatMap(({ findings }) => findings)).toEqual([]);
    expect(judgement.verdict).toBe('pass');
    const portal = judgement.outages.find(({ system }) => system === 'portal');
    expect(portal?.worst).toBeGreaterThanOrEqual(FAILOVER_MS.database / 1000 - 1);
    expect(portal?.worst).toBeLessThanOrEqual(FAILOVER_MS.database / 1000 + 1);
    expect(judgement.failback.find(({ system }) => system === 'portal')?.worst).toBeGreaterThan(1);
    expect(judgement.failback.find(({ system }) => system === 'video')?.worst).toBe(0);
    expect(judgement.losses.every(({ acknowledged, lost }) => acknowledged > 0 && lost.length === 0)).toBe(true);
    expect(judgement.timelines).toMatchObject({
      violations: [],
      counts: { 1: expect.any(Number), 2: expect.any(Number), 3: expect.any(Number) },
    });
    expectWell(city);
    expect(await readLock(stage.drillsFolder)).toBeUndefined();
    expect(await text(folder, 'report.vi.md')).toContain('**Kết luận: ĐẠT**');
    expect(await text(folder, 'report.en.md')).toContain('**Verdict: PASS**');
    expect(JSON.parse(await text(folder, 'verdict.json'))).toMatchObject({ schema: 1, verdict: 'pass' });
  });

  test('persists every transition, in order', async () => {
    const city = new ToyCity();
    const seen: Transition[] = [];
    const { folder } = await runDrill(siteLoss, topology, await city.stage(), { signal: never, onTransition: to => void seen.push(to) });
    expect(seen).toEqual([...RUN_TRANSITIONS]);
    const { entries, problem } = readJournal(await text(folder, 'journal.jsonl'));
    expect(problem).toBeUndefined();
    expect(entriesOf(entries, 'transition').map(({ to }) => to)).toEqual(RUN_TRANSITIONS.slice(1));
  });

  test('is judged the same again, by anyone', async () => {
    const { judgement, folder } = await runDrill(siteLoss, topology, await new ToyCity().stage(), { signal: never });
    expect(judge(await readEvidence(folder))).toEqual(judgement);
  });

  test('fails when an acknowledged write is lost', async () => {
    const city = new ToyCity();
    city.forgets.set('portal', new Set([5]));
    const { judgement } = await runDrill(siteLoss, topology, await city.stage(), { signal: never });
    expect(judgement.verdict).toBe('fail');
    expect(judgement.losses.find(({ system }) => system === 'portal')?.lost).toHaveLength(5);
  });

  test('fails when citizens feel the return of power for too long, whatever a loss may take', async () => {
    const city = new ToyCity();
    city.slowReturnMs = 5000;
    const { judgement, folder } = await runDrill(siteLoss, topology, await city.stage(), { signal: never });
    expect(judgement.verdict).toBe('fail');
    expect(judgement.powerReturn.every(({ verdict, objectiveSeconds }) => verdict === 'fail' && objectiveSeconds === 2)).toBe(true);
    expect([...judgement.outages, ...judgement.failback, ...judgement.later].every(({ verdict }) => verdict === 'pass')).toBe(true);
    expect(await text(folder, 'report.en.md')).toContain('**Verdict: FAIL**');
  });

  test('is inconclusive when the dead man’s timer ended the fault', async () => {
    const city = new ToyCity();
    city.onFault = () => void city.fabric().heal();
    const { judgement } = await runDrill(siteLoss, topology, await city.stage(), { signal: never });
    expect(judgement.criteria.find(({ id }) => id === 'fault')?.verdict).toBe('inconclusive');
    expect(judgement.verdict).not.toBe('pass');
    expectWell(city);
  });
});

describe('the machine below the city', () => {
  const report = (folder: string) => text(folder, 'report.en.md');

  test('that was late makes what was measured meanwhile inconclusive, and says so at once and in the report', async () => {
    const city = new ToyCity();
    city.slowReturnMs = 5000;
    city.onHeal = () => city.stall(1000);
    const { judgement, folder } = await runDrill(siteLoss, topology, await city.stage(), { signal: never });
    expect(judgement.verdict).toBe('inconclusive');
    expect(judgement.powerReturn.map(({ verdict }) => verdict)).toEqual(judgement.powerReturn.map(() => 'inconclusive'));
    expect([...judgement.outages, ...judgement.failback].every(({ verdict }) => verdict === 'pass')).toBe(true);
    expect(city.notes.filter(note => note.startsWith('the machine was late by 1000 ms'))).toHaveLength(2);
    expect(await report(folder)).toMatch(
      /- the machine was late by 1000 ms at \d\d:\d\d:\d\d\.\d{3} \(the wards’ clients, e\d+; at most 250 ms\)/,
    );
    expect(judge(await readEvidence(folder))).toEqual(judgement);
  });

  test('that was on time leaves a slow city its failure', async () => {
    const city = new ToyCity();
    city.slowReturnMs = 5000;
    const { judgement, folder } = await runDrill(siteLoss, topology, await city.stage(), { signal: never });
    expect(judgement.verdict).toBe('fail');
    expect(judgement.machine?.map(({ unmeasured, over }) => [unmeasured, over])).toEqual([
      [undefined, 0],
      [undefined, 0],
    ]);
    expect(await report(folder)).not.toContain('the machine was late');
  });

  test('that was late loses no write: what is lost is lost', async () => {
    const city = new ToyCity();
    city.forgets.set('portal', new Set([5]));
    city.onFault = () => city.stall(1000);
    const { judgement } = await runDrill(siteLoss, topology, await city.stage(), { signal: never });
    expect(judgement.outages.every(({ verdict }) => verdict === 'inconclusive')).toBe(true);
    expect(judgement.verdict).toBe('fail');
  });

  test('that grants no real-time priority is reported as not measured for routing, and judged by the clients’ sentinel', async () => {
    const city = new ToyCity();
    city.grantsRealTime = false;
    const { judgement, folder } = await runDrill(siteLoss, topology, await city.stage(), { signal: never });
    expect(judgement.verdict).toBe('pass');
    expect(await report(folder)).toContain('not measured: chrt: failed to set policy: Operation not permitted');
  });

  test('that no process watches any more ends the drill at once', async () => {
    const city = new ToyCity();
    city.onFault = () => {
      for (const sentinel of city.sentinels) city.endSentinel(sentinel);
    };
    const { judgement } = await runDrill(siteLoss, topology, await city.stage(), { signal: never });
    expect(judgement).toMatchObject({ verdict: 'inconclusive', brokenOff: expect.stringMatching(/the sentinel in e\d+ has ended/) });
    expectWell(city);
  });
});

test('a client that dies ends the drill at once: what follows could not be measured', async () => {
  const city = new ToyCity();
  city.onFault = () => city.kill(city.clients[2]);
  const startedMs = city.nowMs;
  const { judgement } = await runDrill(siteLoss, topology, await city.stage(), { signal: never });
  expect(judgement).toMatchObject({ verdict: 'inconclusive', brokenOff: expect.stringMatching(/the client in e\d+ has ended/) });
  expect(city.nowMs - startedMs).toBeLessThan(60_000);
  expectWell(city);
});

describe('it refuses', () => {
  test('while a fault is active, with the next step, and touches nothing', async () => {
    const city = new ToyCity();
    const stage = await city.stage();
    await city.fabric().inject({ do: 'power-off', hosts: ['e131'] }, { by: 'operator' });
    const { judgement } = await runDrill(siteLoss, topology, stage, { signal: never });
    expect(judgement.verdict).toBe('aborted');
    expect(judgement.brokenOff).toContain('fault f1 (power-off, by operator) is active; next: citydc fault heal');
    expect(city.faults).toHaveLength(1);
    expect(city.clients).toEqual([]);
  });

  test('while the backup is not synchronous', async () => {
    const city = new ToyCity();
    city.synchronous = ['s1-database2'];
    const { judgement } = await runDrill(siteLoss, topology, await city.stage(), { signal: never });
    expect(judgement.brokenOff).toContain('no database host of s2 is in /sync (there: s1-database2)');
  });

  test('while another drill runs', async () => {
    const city = new ToyCity();
    const stage = await city.stage();
    await new Promise<void>(resolve => {
      const onTransition = () => {
        resolve();
        return new Promise<void>(() => undefined);
      };
      void runDrill(siteLoss, topology, stage, { signal: never, onTransition });
    });
    await expect(runDrill(siteLoss, topology, stage, { signal: never })).rejects.toThrow(/is running \(process \d+\)/);
    await expect(recover(stage, topology, { signal: never })).rejects.toThrow(/is running/);
    await expect(refuseDuringDrill(stage.drillsFolder)).rejects.toThrow(/is running/);
  });

  test('but a city without a running drill may be changed', async () => {
    const { drillsFolder } = await new ToyCity().stage();
    await expect(refuseDuringDrill(drillsFolder)).resolves.toBeUndefined();
  });
});

describe('Ctrl-C', () => {
  test.each(['baseline', 'inject', 'observe', 'restore', 'collect'] as const)('in %s rolls back and is aborted', async transition => {
    const city = new ToyCity();
    const stage = await city.stage();
    const controller = new AbortController();
    const { judgement } = await runDrill(siteLoss, topology, stage, {
      signal: controller.signal,
      onTransition: to => {
        if (to === transition) controller.abort(new WorldError('interrupted by SIGINT'));
      },
    });
    expect(judgement).toMatchObject({ verdict: 'aborted', brokenOff: 'interrupted by SIGINT' });
    expectWell(city);
    expect(await readLock(stage.drillsFolder)).toBeUndefined();
  });
});

describe('kill -9 of the engine', () => {
  test.each(RUN_TRANSITIONS)("after '%s': no drill starts, recover cleans up, then one does", async transition => {
    const city = new ToyCity();
    const stage = await city.stage();
    await dieAfter(transition, start(stage), stage);
    city.loseEngine();
    const refusal = await runDrill(siteLoss, topology, stage, { signal: never }).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(WorldError);
    expect(refusal).toMatchObject({ message: expect.stringContaining('was not finished'), hint: 'next: citydc drill recover' });

    const finished = await recover(stage, topology, { signal: never });
    expectWell(city);
    expect(finished?.judgement.verdict).toBe(transition === 'closed' ? 'pass' : 'aborted');
    expect(finished?.closedAs).toBe(finished?.judgement.verdict);
    expect(await recover(stage, topology, { signal: never })).toBeUndefined();

    await city.pass(60_000);
    expect((await runDrill(siteLoss, topology, stage, { signal: never })).judgement.verdict).toBe('pass');
  });

  test.each(RECOVERY_TRANSITIONS)("of a recovery after '%s': the next recovery finishes it", async transition => {
    const city = new ToyCity();
    const stage = await city.stage();
    await dieAfter('observe', start(stage), stage);
    await dieAfter(transition, recovering(stage), stage);
    city.loseEngine();
    const finished = await recover(stage, topology, { signal: never });
    expect(finished?.judgement.verdict).toBe('aborted');
    expectWell(city);
    expect(readJournal(await text(finished?.folder ?? '', 'journal.jsonl'))).toMatchObject({ problem: undefined, tornBytes: 0 });
  });

  test('in the middle of a journal line leaves a journal that continues', async () => {
    const city = new ToyCity();
    const stage = await city.stage();
    await dieAfter('inject', start(stage), stage);
    const held = await readLock(stage.drillsFolder);
    await appendFile(join(stage.drillsFolder, held?.run ?? '', 'journal.jsonl'), '{"sequence":99,"at');
    const finished = await recover(stage, topology, { signal: never });
    expect(readJournal(await text(finished?.folder ?? '', 'journal.jsonl'))).toMatchObject({ problem: undefined, tornBytes: 0 });
    expectWell(city);
  });

  test.each([
    [
      'a torn line with another glued to it',
      (journal: string) => `${journal}{"sequence":99,"at{"sequence":99}\n`,
      /line \d+ is no journal entry/,
    ],
    ['a changed line', (journal: string) => journal.replace('"precheck"', '"baseline"'), /line 3 does not follow/],
    ['a first line of nothing', (journal: string) => `\0${journal}`, /line 1 is no journal entry/],
  ])('with %s in its journal: the city is rolled back all the same, and the run says why it proves nothing', async (_, damage, problem) => {
    const city = new ToyCity();
    const stage = await city.stage();
    await dieAfter('observe', start(stage), stage);
    const path = join(stage.drillsFolder, (await readLock(stage.drillsFolder))?.run ?? '', 'journal.jsonl');
    await writeFile(path, damage(await readFile(path, 'utf8')));
    await dieAfter('restore', recovering(stage), stage);
    const finished = await recover(stage, topology, { signal: never });
    expectWell(city);
    expect(finished).toMatchObject({ closedAs: 'aborted', judgement: { verdict: 'aborted', brokenOff: expect.stringMatching(problem) } });
    expect(finished?.judgement.brokenOff).toContain('set aside as journal.damaged.jsonl');
    expect(readJournal(await readFile(path, 'utf8')).problem).toBeUndefined();
    await city.pass(60_000);
    expect((await runDrill(siteLoss, topology, stage, { signal: never })).judgement.verdict).toBe('pass');
  });
});

describe('two recoveries', () => {
  async function leftOver() {
    const city = new ToyCity();
    const stage = await city.stage();
    await dieAfter('observe', start(stage), stage);
    city.loseEngine();
    return { city, stage };
  }

  test('at once: one recovers, the other learns which process does', async () => {
    const { city, stage } = await leftOver();
    const both = await Promise.allSettled([1, 2].map(() => recover(stage, topology, { signal: never })));
    const [refused, ...others] = both.flatMap(each => (each.status === 'rejected' ? [each.reason] : []));
    expect(others).toEqual([]);
    expect(refused).toBeInstanceOf(WorldError);
    expect(refused).toMatchObject({
      message: expect.stringMatching(new RegExp(`is being recovered \\(process ${process.pid}\\)`)),
      hint: `wait for process ${process.pid} to end, then: citydc drill recover`,
    });
    expectWell(city);
    const [folder = ''] = both.flatMap(each => (each.status === 'fulfilled' ? [each.value?.folder ?? ''] : []));
    expect(readJournal(await text(folder, 'journal.jsonl')).problem).toBeUndefined();
  });

  test('after one that was killed: still only one, and no claim is left', async () => {
    const { city, stage } = await leftOver();
    await dieAfter('heal', recovering(stage), stage);
    const both = await Promise.allSettled([1, 2, 3].map(() => recover(stage, topology, { signal: never })));
    expect(both.filter(({ status }) => status === 'rejected')).toHaveLength(2);
    expectWell(city);
    expect((await readdir(stage.drillsFolder)).filter(name => name.endsWith('.json') || name.endsWith('.lock'))).toEqual([]);
  });

  test('one after another that failed: the second is let in', async () => {
    const { city, stage } = await leftOver();
    for (const host of ['s1-database1', 's1-database2', 's2-database1']) city.deaf.add(host);
    await expect(recover(stage, topology, { signal: never })).rejects.toThrow(/the rollback of .* failed/);
    city.deaf.clear();
    expect(await recover(stage, topology, { signal: never })).toMatchObject({ closedAs: 'aborted' });
    expectWell(city);
  });
});

test('a ward that cannot ask leaves its read-back out, and etcd that cannot be asked is not known', async () => {
  const city = new ToyCity();
  const whole = await city.stage();
  const quorum = { id: 'etcd', kind: 'quorum', members: ['s1-database1'], urls: ['https://s1:2381/health'] } as const;
  const [ward = ''] = siteLoss.plan(topology, 'lab').wards.map(({ host }) => host);
  const exec: Stage['fabric']['exec'] = async (host, command, options) => {
    const asked = command.join(' ');
    if (asked.includes('etcdctl') || (host === ward && asked.includes('/documents?'))) throw new WorldError(`${host} took too long`);
    return whole.fabric.exec(host, command, options);
  };
  const stage: Stage = { ...whole, fabric: { ...whole.fabric, exec } };
  expect(await etcdLeader({ ...stage, checks: [quorum] })).toBeUndefined();
  const { judgement } = await runDrill(siteLoss, topology, stage, { signal: never });
  expect(judgement).toMatchObject({ verdict: 'inconclusive', brokenOff: undefined });
  expect(judgement.losses.every(({ unmeasured }) => unmeasured.join() === ward)).toBe(true);
});

test('a rollback that fails says what to do, and leaves the run to recover', async () => {
  const city = new ToyCity();
  const stage = await city.stage();
  city.onFault = () => {
    for (const host of ['s1-database1', 's1-database2', 's2-database1']) city.deaf.add(host);
  };
  const controller = new AbortController();
  const failed = runDrill(siteLoss, topology, stage, {
    signal: controller.signal,
    onTransition: to => void (to === 'observe' && controller.abort(new WorldError('interrupted by SIGINT'))),
  });
  await expect(failed).rejects.toMatchObject({
    message: expect.stringMatching(/rollback of .* failed in 'restore'/),
    hint: 'next: citydc drill recover',
  });
  expect(await readLock(stage.drillsFolder)).toBeDefined();
});
