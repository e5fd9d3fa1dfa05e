import { escapeXml } from '../diagram/markup.js';
import { SIZE } from '../diagram/words.js';
import { assumedFacts } from './checked.js';
import { paragraph, tag } from './html.js';
import { showCount } from './numbers.js';
import type { PageView } from './view.js';
import { WORDS } from './words.js';

/** What the page is about, what came of it, and the figures that matter most. */
export function head(view: PageView): string {
  const { city, today, language, report } = view;
  const clean = report.problems.length === 0;
  return tag(
    'header',
    {},
    paragraph(WORDS.title[language], 'kicker'),
    tag('h1', {}, escapeXml(city.name[language])),
    paragraph(`${WORDS.inventory[language]} ${city.id} · ${WORDS.checkedOn[language]} ${today} · ${SIZE[language](city)}`, 'faint'),
    tag(
      'div',
      { class: clean ? 'verdict clean' : 'verdict broken' },
      tag('strong', {}, escapeXml(verdict(view))),
      paragraph(because(view)),
    ),
    tiles(view),
  );
}

function verdict({ report, language }: PageView): string {
  const { length } = report.problems;
  if (length === 0) return WORDS.clean[language];
  return `${showCount(length, language)} ${WORDS[length === 1 ? 'oneProblem' : 'problems'][language]}`;
}

function because({ report, language }: PageView): string {
  if (report.problems.length > 0) return WORDS.toRepair[language];
  return WORDS[report.accepted.length > 0 ? 'cleanBut' : 'cleanWhole'][language];
}

function tiles({ report, language }: PageView): string {
  const figures = [
    [report.problems.length, 'problems'],
    [report.accepted.flatMap(({ findings }) => findings).length, 'acceptedFindings'],
    [assumedFacts(report), 'assumedFacts'],
    [report.capacity.cases, 'singleCases'],
    [report.doubleFailures.cases, 'doubleCases'],
  ] as const;
  return tag(
    'ul',
    { class: 'tiles' },
    ...figures.map(([count, word]) => tag('li', {}, tag('b', {}, showCount(count, language)), escapeXml(` ${WORDS[word][language]}`))),
  );
}
