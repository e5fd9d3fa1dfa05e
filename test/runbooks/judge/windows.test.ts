import { describe, expect, test } from 'vitest';
import { drillPlan } from '../../../runbooks/drill/drill.js';
import { markdown } from '../../../runbooks/evidence/report/markdown.js';
import { type Judgement, judge } from '../../../runbooks/judge/judge.js';
import { AT, type Bad, madeEvidence, madePlan } from '../made-evidence.js';

const ROWS = ['outages', 'powerReturn', 'failback', 'later'] as const;

/** What a window says of a system, where it says anything but 0 and pass. */
function verdictsOf(judgement: Judgement, system: string) {
  const rows = ROWS.map(name => [name, judgement[name].find(row => row.system === system)] as const);
  return Object.fromEntries(rows.flatMap(([name, row]) => (row?.worst === 0 && row.verdict === 'pass' ? [] : [[name, row?.verdict]])));
}
const bad = (system: string, fromMs: number, seconds: number): Bad => ({ system, fromMs, toMs: fromMs + seconds * 1000 });
const judged = (...list: readonly Bad[]) => judge(madeEvidence(list));

test('nothing bad passes', () => {
  const judgement = judged();
  expect(judgement.criteria.flatMap(({ findings }) => findings)).toEqual([]);
  expect({ verdict: judgement.verdict, portal: verdictsOf(judgement, 'portal') }).toEqual({ verdict: 'pass', portal: {} });
});

test('an outage is judged by the event that it belongs to', () => {
  const judgement = judged(bad('portal', AT.fault, 25), bad('video', AT.heal + 500, 1), bad('portal', AT.leave, 3));
  expect(judgement.verdict).toBe('pass');
  expect([verdictsOf(judgement, 'portal'), verdictsOf(judgement, 'video')]).toEqual([
    { outages: 'pass', failback: 'pass' },
    { powerReturn: 'pass' },
  ]);
});

describe('it fails', () => {
  test.each<[string, Bad, (typeof ROWS)[number]]>([
    ['a loss beyond its objective', bad('portal', AT.fault, 31), 'outages'],
    [
      'a return of power that citizens feel, of a system with a database as of one without',
      bad('portal', AT.heal + 1000, 3),
      'powerReturn',
    ],
    ['a system without a database that goes away while power returns', bad('video', AT.heal + 1000, 2.5), 'powerReturn'],
    ['a long way back', bad('portal', AT.leave, 6), 'failback'],
    ['what came back in time after the loss and did not stay', bad('portal', AT.faultDone + 32_000, 3), 'later'],
    ['what came back in time from the way back and did not stay', bad('portal', AT.switched + 6000, 3), 'later'],
  ])('%s', (_what, outage, window) => {
    const judgement = judged(outage);
    expect(verdictsOf(judgement, outage.system)).toEqual({ [window]: 'fail' });
    expect(judgement.verdict).toBe('fail');
  });

  test('by one ward alone', () => expect(judged({ ...bad('video', AT.heal + 1000, 3), ward: 4 }).verdict).toBe('fail'));
});

test('two outages within the time of one event are its own: what counts is that all is good when it is over', () => {
  const judgement = judged(bad('portal', AT.fault, 10), bad('portal', AT.fault + 15_000, 9));
  expect({ verdict: judgement.verdict, portal: verdictsOf(judgement, 'portal') }).toEqual({ verdict: 'pass', portal: { outages: 'pass' } });
});

test('a write that was under way when the way back began, and failed by it, is not held against the return of power', () => {
  const evidence = madeEvidence([]);
  const ledgers = new Map(
    [...evidence.ledgers].map(([ward, ledger]) => {
      const records = ledger.records.map(record =>
        record.kind === 'outcome' && record.system === 'portal' && record.sequence === AT.leave / 1000
          ? { ...record, doneAtMs: AT.leave + 2900 }
          : record,
      );
      return [ward, { ...ledger, records }];
    }),
  );
  const judgement = judge({ ...evidence, ledgers });
  expect({ verdict: judgement.verdict, portal: verdictsOf(judgement, 'portal') }).toEqual({
    verdict: 'pass',
    portal: { failback: 'pass' },
  });
});

test('what was not asked until the end is not known to have stayed good', () => {
  const evidence = madeEvidence([]);
  const [host = ''] = evidence.plan.wards.map(ward => ward.host);
  const ledger = evidence.ledgers.get(host);
  const records = (ledger?.records ?? []).filter(record => record.kind === 'ended' || record.sequence <= AT.settled / 1000);
  const ledgers = new Map([...evidence.ledgers, [host, { records, header: ledger?.header, ended: undefined, torn: false, damaged: [] }]]);
  expect(judge({ ...evidence, ledgers })).toMatchObject({ verdict: 'inconclusive' });
});

describe('a plan from before the return of power was judged', () => {
  const { powerReturn: _, ...rest } = madePlan();
  const old = drillPlan.parse({ ...rest, schema: 1 });

  test('is judged by its own objectives: a return is reported and counts nowhere', () => {
    const judgement = judge(madeEvidence([bad('portal', AT.heal + 1000, 20)], old));
    expect(judgement.verdict).toBe('pass');
    const portal = judgement.powerReturn.find(({ system }) => system === 'portal');
    expect(portal).toMatchObject({ objectiveSeconds: undefined, worst: expect.closeTo(20, 0), verdict: undefined });
    expect(markdown(judgement, 'en')).toMatch(/\| for information \|.*20\.\d\d \| {2}\|/);
  });

  test('and a window takes all that is in it', () => {
    const portal = verdictsOf(judge(madeEvidence([bad('portal', AT.faultDone + 32_000, 3)], old)), 'portal');
    expect(portal).toMatchObject({ outages: 'pass' });
  });
});

test('the report names all four windows, in both languages', () => {
  const judgement = judged(bad('video', AT.heal + 1000, 3));
  expect(markdown(judgement, 'en')).toMatch(/## Outage while power returned[^#]*≤ 2 .*FAIL/);
  expect(markdown(judgement, 'vi')).toMatch(/## Gián đoạn khi có điện trở lại[^#]*≤ 2 .*KHÔNG ĐẠT/);
  expect(markdown(judgement, 'vi')).toContain('## Gián đoạn về sau');
});
