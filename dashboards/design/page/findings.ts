/** Problems first, then what is accepted: by rule, and in it by what fails. */

import type { Figure } from '../../../infra/city/acceptance/figure.js';
import type { AcceptedFindings } from '../../../infra/city/acceptance/match.js';
import { officesIn } from '../../../infra/city/failures/losses.js';
import { grouped } from '../../../infra/city/grouped.js';
import type { Finding } from '../../../infra/city/rules/finding.js';
import { escapeXml } from '../diagram/markup.js';
import { folded, paragraph, section, table, tag } from './html.js';
import { showCount } from './numbers.js';
import { calledOf, sentenceBeside, sentenceOf } from './sentences.js';
import type { PageView } from './view.js';
import { ELEMENT_WORDS, ruleWords, WORDS } from './words.js';

export function problemsSection(view: PageView): string {
  const { report, language } = view;
  const byRule = [...grouped(report.problems, ({ rule }) => [rule])];
  const content = byRule.map(([rule, problems]) => ofRule(view, rule, problems));
  return section(
    `problems-${language}`,
    WORDS.findings[language],
    ...(content.length === 0 ? [paragraph(WORDS.noProblems[language], 'fine')] : content),
  );
}

function ofRule(view: PageView, rule: string, problems: readonly Finding[]): string {
  const { language } = view;
  const words = ruleWords(rule);
  const byClass = [...grouped(problems, ({ path }) => [view.elements.get(path)?.class])];
  const title = `${words?.title[language] ?? rule} (${showCount(problems.length, language)})`;
  return [
    `\n${tag('h3', {}, escapeXml(title), ' ', tag('code', {}, escapeXml(rule)))}`,
    ...(words === undefined || language === 'en' ? [] : [paragraph(`${WORDS.nextStep.vi}: ${words.advice}`, 'note')]),
    ...byClass.map(([of, same]) => {
      const what = of === undefined ? WORDS.element[language] : ELEMENT_WORDS[of][language];
      return folded(`${escapeXml(what)} ${count(same.length, view)}`, problemList(view, same), same.length <= OPEN);
    }),
  ].join('');
}

/** Longer lists are folded, so that the first page shows what there is. */
const OPEN = 12;

const count = (of: number, { language }: PageView): string => tag('span', { class: 'count' }, showCount(of, language));

const problemList = (view: PageView, problems: readonly Finding[]): string =>
  tag('ol', { class: 'problems' }, ...worstFirst(problems).map(problem => `\n${tag('li', {}, ...problemParts(view, problem))}`));

function problemParts(view: PageView, problem: Finding): readonly string[] {
  const { text, language } = sentenceOf(view, problem);
  const { at, path } = problem;
  const where = at === undefined ? path : `${at.file}:${at.line}:${at.column}: ${path}`;
  return [
    tag('p', { class: isName(view, text) ? 'says' : 'says sentence', lang: language }, shown(view, path, text)),
    ...offices(view, problem),
    tag('p', { class: 'where' }, tag('code', {}, escapeXml(where))),
    ...hint(view, problem),
  ];
}

/** The name of an element keeps its small letter where a sentence begins with it. */
const isName = ({ elementsByName }: PageView, text: string): boolean => elementsByName.has(text.slice(0, text.indexOf(' ')));

/** The sentence leads to the element on the map. */
function shown({ elements, language }: PageView, path: string, text: string): string {
  const element = elements.get(path);
  if (element === undefined) return escapeXml(text);
  return tag('a', { href: `#map-${language}`, 'data-show': element.name }, escapeXml(text));
}

/** The hint names scope and command, so it is the program's own; Vietnamese readers have the rule's advice above. */
function hint({ language }: PageView, problem: Finding): readonly string[] {
  const text = language === 'en' ? problem.hint && `${WORDS.nextStep.en}: ${problem.hint}` : acceptanceIn(problem);
  return text === undefined ? [] : [paragraph(text, 'note')];
}

/** What its acceptance has to do with it. */
function acceptanceIn({ acceptedUntil, outgrown }: Finding): string | undefined {
  if (acceptedUntil !== undefined) return `chấp nhận đã hết hạn ngày ${acceptedUntil}: sửa, hoặc chấp nhận lại đến một ngày sau đó`;
  if (outgrown === undefined) return undefined;
  const { accepted, found } = outgrown;
  return accepted === undefined
    ? 'chưa có trong mục đã chấp nhận: sửa, hoặc ghi thêm vào mục đó'
    : `đã chấp nhận ${figureIn(accepted)}, nay là ${figureIn(found)}: sửa, hoặc chấp nhận mức mới`;
}

function figureIn(figure: Figure): string {
  if (figure.about === 'offices') return `${Math.max(figure.none, figure.database)} đơn vị`;
  return figure.about === 'percent' ? `${figure.most} %` : `${figure.most} phát hiện`;
}

const lostBy = ({ facts }: Finding): readonly string[] => (facts?.about === 'losses' ? officesIn(facts.losses) : []);

/** The same at once: those that take most offices first, else in the order of the report. */
const worstFirst = (problems: readonly Finding[]): readonly Finding[] => problems.toSorted((a, b) => lostBy(b).length - lostBy(a).length);

/** Short names mean nothing to most readers: the offices by their names, folded where there are many. */
function offices({ nodesByName, language }: PageView, problem: Finding): readonly string[] {
  const names = lostBy(problem).map(name => `${name} ${nodesByName.get(name)?.name[language] ?? ''}`);
  if (names.length === 0) return [];
  const list = paragraph(names.join(', '), 'names');
  return names.length <= NAMED ? [list] : [folded(`${showCount(names.length, language)} ${WORDS.offices[language]}`, list)];
}
const NAMED = 3;

export function acceptedSection(view: PageView): string {
  const { report, language } = view;
  const list = report.accepted.map(each => `\n${folded(summary(view, each), acceptedTable(view, each))}`);
  return section(
    `accepted-${language}`,
    WORDS.accepted[language],
    ...(list.length === 0 ? [paragraph(WORDS.noneAccepted[language], 'note')] : list),
  );
}

function summary(view: PageView, { rule, scope, reason, owner, expires, findings }: AcceptedFindings): string {
  const { language } = view;
  const title = `${ruleWords(rule)?.title[language] ?? rule}: ${scopeOf(view, scope)}`;
  const terms = (
    [
      ['reason', reason],
      ['owner', owner],
      ['until', expires],
    ] as const
  ).map(([key, value]) =>
    tag('span', { class: key === 'reason' ? 'term line' : 'term' }, tag('b', {}, escapeXml(WORDS[key][language])), ' ', escapeXml(value)),
  );
  return tag('span', { class: 'title' }, `${escapeXml(title)} ${count(findings.length, view)}`) + terms.join('');
}

/** `class:access` is a class of elements, all else a path. */
function scopeOf(view: PageView, scope: string): string {
  const of = scope.startsWith('class:') ? scope.slice('class:'.length) : undefined;
  if (of !== undefined && of in ELEMENT_WORDS) return ELEMENT_WORDS[of as keyof typeof ELEMENT_WORDS][view.language];
  const element = view.elements.get(scope);
  return element === undefined ? scope : calledOf(view, element);
}

function acceptedTable(view: PageView, { findings }: AcceptedFindings): string {
  const rows = worstFirst(findings).map(finding => {
    const element = view.elements.get(finding.path);
    return [escapeXml(element === undefined ? finding.path : calledOf(view, element)), escapeXml(sentenceBeside(view, finding))];
  });
  return table([WORDS.element[view.language], WORDS.follows[view.language]], rows);
}
