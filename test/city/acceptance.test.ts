/** An acceptance holds what it accepted and nothing more. */

import { expect, test } from 'vitest';
import { applyAcceptances } from '../../infra/city/acceptance/apply.js';
import { extentLine } from '../../infra/city/acceptance/extent.js';
import type { Figure } from '../../infra/city/acceptance/figure.js';
import { asRuns, membersOf } from '../../infra/city/acceptance/run.js';
import { findingsOf } from '../../infra/city/check.js';
import type { Acceptance, City, Extent } from '../../infra/city/model.js';
import type { Finding } from '../../infra/city/rules/finding.js';
import { toyCity } from './toy.js';

const TODAY = '2026-06-01';

const terms = { reason: 'because', owner: 'operator', expires: '2027-12-31' };

/** The toy city with one acceptance, and what is made of these findings. */
function judged(findings: readonly Finding[], acceptance: Pick<Acceptance, 'rule' | 'scope' | 'extent'>, today = TODAY) {
  return applyAcceptances(toyCity({ accepted: [{ ...terms, ...acceptance }] }), findings, today);
}

const line = (percent: number): Finding => ({
  rule: 'lines-have-room',
  path: 'links.12',
  message: 'l12 is tight',
  facts: { about: 'line', link: 'l12', from: 'n67', to: 's1', percent },
});
const ofLines = (extent: Extent) => ({ rule: 'lines-have-room', scope: 'class:uplink', extent });

const losing = (path: string, losses: { readonly none: number; readonly database: number }): Finding => ({
  rule: 'no-single-point-of-failure',
  path,
  message: 'offices lose systems',
  facts: {
    about: 'losses',
    losses: (['none', 'database'] as const).map(of => ({ offices: Array.from({ length: losses[of] }, (_, n) => `e${n}`), systems: 1, of })),
  },
});
const ofNodes = (extent: Extent) => ({ rule: 'no-single-point-of-failure', scope: 'class:aggregation', extent });

test('a line that has grown beyond its percent is a problem with both figures', () => {
  expect(judged([line(76)], ofLines({ percent: { l12: 76 } }))).toMatchObject({ problems: [], accepted: [{ findings: [line(76)] }] });
  expect(judged([line(318)], ofLines({ percent: { l12: 76 } }))).toMatchObject({
    accepted: [],
    problems: [
      {
        message: 'l12 is tight; accepted.0 accepts 76 %, found are 318 %',
        hint: 'repair it, or accept what has become of it under accepted.0: extent: { percent: { l12: 318 } }',
        outgrown: { accepted: { most: 76 }, found: { most: 318 } },
      },
    ],
  });
});

test('offices are counted for each kind of systems: more of one kind is growth, though fewer lose the other', () => {
  const extent = { offices: { n66: { none: 5, database: 2 } } };
  expect(judged([losing('aggregations.66', { none: 5, database: 2 })], ofNodes(extent)).problems).toEqual([]);
  expect(judged([losing('aggregations.66', { none: 0, database: 3 })], ofNodes(extent)).problems).toHaveLength(1);
});

test('an element of the class that the acceptance does not name is a problem', () => {
  const { problems, accepted } = judged(
    [losing('aggregations.66', { none: 1, database: 1 }), losing('aggregations.67', { none: 1, database: 1 })],
    ofNodes({ offices: { n66: 1 } }),
  );
  expect(accepted.map(({ findings }) => findings.map(({ path }) => path))).toEqual([['aggregations.66']]);
  expect(problems.map(({ message }) => message)).toEqual(['offices lose systems; accepted.0 does not name n67']);
});

test('a second finding at an element whose findings have no figure is growth', () => {
  const finding = { rule: 'sites-can-serve', path: 'sites.1', message: 'no repository' };
  const one = { rule: 'sites-can-serve', scope: 'sites.1', extent: { findings: { s1: 1 } } };
  expect(judged([finding], one).problems).toEqual([]);
  expect(judged([finding, { ...finding, message: 'no edge' }], one).problems.map(({ message }) => message)).toEqual([
    'no repository; accepted.0 accepts 1 finding, found are 2 findings',
    'no edge; accepted.0 accepts 1 finding, found are 2 findings',
  ]);
});

test('figures of another kind hold nothing', () =>
  expect(judged([line(76)], ofLines({ findings: { l12: 1 }, offices: { l12: 99 } })).problems).toHaveLength(1));

test('an acceptance without an extent is one problem, with the line to write', () => {
  const { problems } = judged([line(76)], { rule: 'lines-have-room', scope: 'links.12' });
  expect(problems).toEqual([
    {
      rule: 'acceptance-without-extent',
      path: 'accepted.0',
      message: 'it accepts lines-have-room of links.12 without saying how much of it',
      hint: 'add what is found today, if that is what is accepted: extent: { percent: { l12: 76 } }',
    },
  ]);
});

test('what became better, or is gone, is a note with the narrower line', () => {
  const { problems, notes } = judged([losing('aggregations.66', { none: 1, database: 1 })], ofNodes({ offices: { n66: 3, 'n70-n73': 2 } }));
  expect(problems).toEqual([]);
  expect(notes).toEqual([
    {
      rule: 'acceptance-wider-than-found',
      path: 'accepted.0',
      message:
        'it accepts more than there is: n66 3 offices, found 1 office, n70 2 offices, found nothing, n71 2 offices, found nothing, and 2 more',
      hint: 'narrow it to what is found: extent: { offices: { n66: 1 } }',
    },
  ]);
});

test('a narrower line accepts nothing that has grown', () => {
  const findings = [losing('aggregations.66', { none: 9, database: 9 }), losing('aggregations.67', { none: 1, database: 1 })];
  const { notes } = judged(findings, ofNodes({ offices: { n66: 3, n67: 2 } }));
  expect(notes.map(({ hint }) => hint)).toEqual(['narrow it to what is found: extent: { offices: { n66: 3, n67: 1 } }']);
});

test.each([
  ['2027-11-01', undefined],
  ['2027-11-02', 'it expires on 2028-01-01, in 60 days: then 1 finding is a problem again'],
  ['2027-12-31', 'it expires on 2028-01-01, in 1 day: then 1 finding is a problem again'],
])('on %s a warning before it expires: %s', (today, message) => {
  const accepted = [{ ...terms, ...ofLines({ percent: { l12: 76 } }), expires: '2028-01-01' }];
  const { notes } = applyAcceptances(toyCity({ accepted }), [line(76)], today);
  expect(notes.map(note => note.message)).toEqual(message === undefined ? [] : [message]);
});

test('the line to write accepts all that is found, for every finding of the toy city', () => {
  const findings = findingsOf(toyCity());
  const narrowed: City = toyCity({ accepted: toyCity().accepted.map(({ extent: _, ...each }) => each) });
  const hints = applyAcceptances(narrowed, findings, TODAY).problems.map(({ hint = '' }) => hint.slice(hint.indexOf('extent: ')));
  expect(hints).toHaveLength(7);
  expect(hints.map(hint => JSON.parse(hint.replace('extent: ', '').replace(/([\w-]+): /g, '"$1": ')))).toEqual(
    toyCity().accepted.map(({ extent }) => extent),
  );
});

test('names that follow each other and say the same are one run', () => {
  const said = new Map([
    ['l9', 'a'],
    ['l10', 'a'],
    ['l11', 'b'],
    ['duct-l3', 'a'],
    ['n12', 'a'],
    ['l8', 'a'],
  ]);
  expect(asRuns(said)).toEqual([
    ['l8-l10', 'a'],
    ['l11', 'b'],
    ['n12', 'a'],
    ['duct-l3', 'a'],
  ]);
  expect(membersOf('l8-l10')).toEqual(['l8', 'l9', 'l10']);
});

test.each(['l10-l8', 'l8-n10', 'duct-l3', 'building-n66', 'l8'])('%s is no run', name => expect(membersOf(name)).toEqual([name]));

test('figures of several kinds stand in one extent', () =>
  expect(
    extentLine(
      new Map<string, Figure>([
        ['n66', { about: 'offices', none: 1, database: 2 }],
        ['systems.3', { about: 'findings', most: 1 }],
      ]),
    ),
  ).toBe('extent: { offices: { n66: { none: 1, database: 2 } }, findings: { systems.3: 1 } }'));
