/** What was looked at, and what is not confirmed: the page is worth as much as these. */

import type { Checked } from '../../../infra/city/check.js';
import { escapeXml } from '../diagram/markup.js';
import { paragraph, section, table, tag } from './html.js';
import { showCount } from './numbers.js';
import type { PageView } from './view.js';
import { ruleWords, sectionName, WORDS } from './words.js';

export function checkedSection({ report, language }: PageView): string {
  const rows = report.checked.map(each => {
    const { demands, of } = demandIn(each, language);
    return [
      tag('span', { class: 'sentence' }, escapeXml(demands)),
      escapeXml(`${showCount(each.cases, language)} ${of}`),
      showCount(each.findings, language),
    ];
  });
  return section(
    `checked-${language}`,
    WORDS.checked[language],
    table([WORDS.rule[language], WORDS.cases[language], WORDS.found[language]], rows),
  );
}

/** The report says it in English. */
const demandIn = ({ rule, demands, of }: Checked, language: PageView['language']) =>
  language === 'vi' ? { demands, of, ...ruleWords(rule) } : { demands, of };

export function assumedSection({ report, language }: PageView): string {
  const counts = Object.entries(report.assumed).filter(([, count]) => count > 0);
  const rows = counts.map(([key, count]) => [escapeXml(sectionName(key, language)), showCount(count, language)]);
  const total = [tag('b', {}, escapeXml(WORDS.total[language])), tag('b', {}, showCount(assumedFacts(report), language))];
  return section(
    `assumed-${language}`,
    WORDS.assumed[language],
    paragraph(WORDS.assumedNote[language], 'note'),
    table([WORDS.part[language], WORDS.facts[language]], [...rows, total]),
  );
}

export const assumedFacts = ({ assumed }: PageView['report']): number => Object.values(assumed).reduce((sum, count) => sum + count, 0);
