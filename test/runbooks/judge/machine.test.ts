import { describe, expect, test } from 'vitest';
import type { Lateness, WatchedStretch } from '../../../agents/contract/sentinel.js';
import { drillPlan } from '../../../runbooks/drill/drill.js';
import { markdown } from '../../../runbooks/evidence/report/markdown.js';
import { doubtsOf } from '../../../runbooks/judge/doubts.js';
import { type Judgement, judge } from '../../../runbooks/judge/judge.js';
import { AT, type Bad, madeEvidence, madePlan, type Sentinels } from '../made-evidence.js';

const plan = madePlan();
const [clients = '', routing = ''] = ['clients', 'routing'].map(wanted => plan.sentinels?.find(({ kind }) => kind === wanted)?.host);

const late = (host: string, ...lateness: readonly Lateness[]): Sentinels => ({
  [host]: { stretches: [{ kind: 'watched', fromMs: 0, toMs: AT.end, late: [...lateness] }] },
});
const judged = (bad: readonly Bad[], said: Sentinels = {}, lost: readonly number[] = []) => judge(madeEvidence(bad, plan, { said, lost }));
const slowLoss: Bad = { system: 'portal', fromMs: AT.fault, toMs: AT.fault + 40_000 };
const verdictsOf = ({ outages, powerReturn, failback, later }: Judgement, key: string) =>
  [outages, powerReturn, failback, later].map(rows => rows.find(({ system }) => system === key)?.verdict);

test('a slow city on a machine that was on time fails', () => {
  expect(judged([slowLoss]).verdict).toBe('fail');
  const within = { ...late(clients, { atMs: AT.fault + 9000, lateMs: 250 }), ...late(routing, { atMs: AT.fault + 9000, lateMs: 100 }) };
  expect(judged([slowLoss], within).verdict).toBe('fail');
});

describe('a machine that was late', () => {
  test.each<[string, Sentinels]>([
    ['clients', late(clients, { atMs: AT.fault + 9000, lateMs: 251 })],
    ['routing', late(routing, { atMs: AT.fault + 9000, lateMs: 101 })],
  ])('for %s makes a failure inconclusive, and a pass as well', (_kind, said) => {
    for (const bad of [[slowLoss], []]) {
      const judgement = judged(bad, said);
      expect(judgement.verdict).toBe('inconclusive');
      expect(verdictsOf(judgement, 'portal')).toEqual(['inconclusive', 'pass', 'pass', 'pass']);
    }
  });

  test('all the time leaves no failure, whatever fails', () => {
    const always = Array.from({ length: AT.end / 1000 }, (_, second) => ({ atMs: second * 1000, lateMs: 600 }));
    const all: readonly Bad[] = plan.systems.map(({ key: system }) => ({ system, fromMs: AT.fault, toMs: AT.end }));
    const { outages, powerReturn, failback, later } = judged(all, late(clients, ...always));
    const verdicts = [...outages, ...powerReturn, ...failback, ...later].map(({ verdict }) => verdict);
    expect(new Set(verdicts)).toEqual(new Set(['inconclusive', 'pass']));
    expect(later.every(({ wards }) => wards.every(({ outage }) => outage === 0))).toBe(true);
  });

  test('before a measurement, or after it was decided, speaks against none', () => {
    const said = late(clients, { atMs: AT.fault - 5000, lateMs: 900 }, { atMs: AT.fault + 45_000, lateMs: 900 });
    expect(judged([], said).verdict).toBe('pass');
    expect(verdictsOf(judged([slowLoss], late(clients, { atMs: AT.fault + 55_000, lateMs: 900 })), 'portal')[0]).toBe('fail');
  });

  test('while a later outage began is the reason for that, and hides no other', () => {
    const again: Bad = { system: 'video', fromMs: AT.fault + 20_000, toMs: AT.fault + 24_000 };
    const judgement = judged([again], late(clients, { atMs: again.fromMs + 500, lateMs: 900 }));
    expect(verdictsOf(judgement, 'video')).toEqual(['pass', 'pass', 'pass', 'inconclusive']);
    expect(judged([again, slowLoss], late(clients, { atMs: AT.settled + 500, lateMs: 900 })).verdict).toBe('fail');
  });

  test('speaks against the wards that it concerns: one that was decided before stays as it is', () => {
    const short: Bad = { ...slowLoss, toMs: AT.fault + 31_500, ward: 0 };
    const long: Bad = { ...slowLoss, ward: 1 };
    expect(judged([short, long], late(clients, { atMs: AT.fault + 38_000, lateMs: 900 })).verdict).toBe('fail');
    expect(judged([long], late(clients, { atMs: AT.fault + 38_000, lateMs: 900 })).verdict).toBe('inconclusive');
  });

  test('loses no write', () => expect(judged([], late(clients, { atMs: AT.fault, lateMs: 900 }), [20]).verdict).toBe('fail'));
});

describe('a sentinel', () => {
  const failed = (judgement: Judgement) => judgement.criteria.flatMap(({ id, findings }) => (id === 'machine' ? findings : []));

  test.each<[string, Sentinels, string]>([
    ['that was silent for a second', gap(clients), 'it was not watching all the time'],
    ['that died', { [clients]: { stretches: [{ kind: 'watched', fromMs: 0, toMs: 5000, late: [] }], failed: 'Killed' } }, 'Killed'],
    ['for clients that is refused', { [clients]: { stretches: [], refused: 'no' } }, 'no'],
  ])('%s leaves the figures without a verdict, failures too', (_what, said, why) => {
    const judgement = judged([slowLoss], said);
    expect(judgement.verdict).toBe('inconclusive');
    expect(failed(judgement)).toEqual([`the sentinel in ${clients} (clients): ${why}`]);
  });

  test('for routing that the machine refuses its priority is reported, and the clients’ one speaks for both', () => {
    const refused: Sentinels = { [routing]: { stretches: [], refused: 'chrt: Operation not permitted' } };
    expect(judged([], refused).verdict).toBe('pass');
    expect(judged([slowLoss], refused).verdict).toBe('fail');
    expect(markdown(judged([], refused), 'en')).toContain('not measured: chrt: Operation not permitted');
    expect(judged([slowLoss], { ...refused, ...late(clients, { atMs: AT.fault, lateMs: 900 }) }).verdict).toBe('inconclusive');
  });

  function gap(host: string): Sentinels {
    const watched = (fromMs: number, toMs: number): WatchedStretch => ({ kind: 'watched', fromMs, toMs, late: [] });
    return { [host]: { stretches: [watched(0, AT.fault + 500), watched(AT.fault + 1500, AT.end)] } };
  }
});

test('the report says in both languages that it was the machine, not the city', () => {
  const judgement = judged([slowLoss], late(clients, { atMs: AT.fault + 412, lateMs: 412 }));
  expect(markdown(judgement, 'en')).toContain(
    `- the machine was late by 412 ms at 00:00:10.412 (the wards’ clients, ${clients}; at most 250 ms); what was measured meanwhile says nothing about the city`,
  );
  expect(markdown(judgement, 'vi')).toContain('- máy bị trễ 412 ms lúc 00:00:10.412');
  expect(markdown(judgement, 'vi')).toMatch(/## Máy chạy thành phố chậm đến đâu[^#]*\| 250 \| 412 \|/);
});

test('evidence from before is judged as it was then, with a doubt', () => {
  const { sentinels: _s, powerReturn: _p, ...rest } = plan;
  const old = madeEvidence([slowLoss], drillPlan.parse({ ...rest, schema: 1 }));
  const judgement = judge(old);
  expect(judgement).toMatchObject({ verdict: 'fail', machine: undefined });
  expect(judgement.criteria.map(({ id }) => id)).not.toContain('machine');
  const closed = { sequence: 99, atMs: AT.end, previous: '', kind: 'closed', verdict: 'fail' } as const;
  const entries = [...old.journal.entries, closed];
  expect(doubtsOf({ journal: { ...old.journal, entries } }, 'fail')).toEqual([
    expect.stringContaining('how late the machine was, was not measured'),
  ]);
});
