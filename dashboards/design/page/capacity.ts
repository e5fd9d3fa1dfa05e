/** How full the lines are: bars of the fullest, figures of all. */

import type { LineReport } from '../../../infra/city/capacity/report.js';
import { TIGHT_RATIO } from '../../../infra/city/rules/lines-have-room.js';
import { element, escapeXml } from '../diagram/markup.js';
import { folded, paragraph, section, table, tag } from './html.js';
import { showCount, showPercent, showRateIn } from './numbers.js';
import { titleOf } from './sentences.js';
import type { PageView } from './view.js';
import { WORDS } from './words.js';

const SHOWN = 12;

export function capacitySection(view: PageView): string {
  const { report, language } = view;
  const { lines, growthRatioPerYear } = report.capacity;
  const title = WORDS.capacity[language];
  if (lines.length === 0) return section(`capacity-${language}`, title, paragraph(WORDS.noLines[language], 'note'));
  const bars = lines.slice(0, SHOWN).map(line => `\n${row(view, line, scaleOf(lines))}`);
  return section(
    `capacity-${language}`,
    title,
    paragraph(WORDS.capacityNote[language], 'note'),
    key(view),
    tag('div', { class: 'bars' }, ...bars),
    folded(
      `${escapeXml(WORDS.allLines[language])} <span class="count">${showCount(lines.length, language)}</span>`,
      allLines(view, growthRatioPerYear),
    ),
  );
}

/** The right end of every bar: room beyond 100 %, and for a line with far too much demand no more than three times its rate. */
const scaleOf = ([fullest]: readonly LineReport[]): number => Math.min(3, Math.max(1.15, (fullest?.usedRatio ?? 0) * 1.05));

function row(view: PageView, line: LineReport, scale: number): string {
  const { language } = view;
  const { link, from, to, rateBps, normalBps, worstBps, worstWhen, usedRatio } = line;
  const rate = (bps: number) => showRateIn(bps, language);
  const when = worstWhen === undefined ? WORDS.nothingDown[language] : `${WORDS.whileDown[language]} ${worstWhen}`;
  const failing = view.elementsByName.get(link);
  return tag(
    'div',
    { class: 'bar' },
    tag(
      'div',
      { class: 'line' },
      tag('a', { href: `#map-${language}`, 'data-show': link }, tag('b', {}, escapeXml(link)), escapeXml(` ${from} → ${to}`)),
      tag('span', { class: 'faint' }, escapeXml(failing === undefined ? '' : titleOf(view, failing))),
    ),
    bar(line, scale),
    tag(
      'div',
      { class: 'figures' },
      tag('b', { class: levelOf(usedRatio) }, showPercent(usedRatio)),
      escapeXml(` ${rate(worstBps)} / ${rate(rateBps)} ${when}`),
      tag('span', { class: 'faint' }, escapeXml(`${WORDS.normal[language]} ${rate(normalBps)}; ${fullText(view, line)}`)),
    ),
  );
}

function fullText({ language }: PageView, { fullInYear, usedRatio }: LineReport): string {
  if (usedRatio >= 1) return WORDS.fullNow[language];
  return `${WORDS.fullIn[language]} ${fullInYear ?? WORDS.never[language]}`;
}

const levelOf = (usedRatio: number): string => (usedRatio > 1 ? 'full' : usedRatio > TIGHT_RATIO ? 'tight' : 'roomy');

/** The worst case behind the normal load, with marks at 70 % and 100 %. */
function bar({ normalBps, rateBps, usedRatio }: LineReport, scale: number): string {
  const at = (ratio: number) => (Math.min(ratio, scale) / scale) * 1000;
  const mark = (ratio: number) => element('line', { x1: at(ratio), y1: 0, x2: at(ratio), y2: 22, class: 'mark' });
  return element(
    'svg',
    { class: 'gauge', viewBox: '0 0 1000 22', preserveAspectRatio: 'none', role: 'img', 'aria-label': showPercent(usedRatio) },
    element('rect', { x: 0, y: 4, width: 1000, height: 14, class: 'track' }),
    element('rect', { x: 0, y: 4, width: at(usedRatio), height: 14, class: `worst ${levelOf(usedRatio)}` }),
    element('rect', { x: 0, y: 8, width: at(normalBps / rateBps), height: 6, class: 'normal' }),
    mark(TIGHT_RATIO),
    mark(1),
  );
}

function key({ language, report }: PageView): string {
  const sign = (kind: string, text: string) =>
    tag(
      'li',
      {},
      element('svg', { class: 'swatch', viewBox: '0 0 34 16', width: 34, height: 16, 'aria-hidden': 'true' }, sample(kind)),
      escapeXml(text),
    );
  return tag(
    'ul',
    { class: 'legend' },
    sign('normal', WORDS.normal[language]),
    sign('worst roomy', WORDS.worst[language]),
    sign('worst tight', `> ${showPercent(TIGHT_RATIO)}`),
    sign('worst full', `> ${showPercent(1)}`),
    sign('mark', `${showPercent(TIGHT_RATIO)}, ${showPercent(1)}`),
    tag('li', {}, escapeXml(`${WORDS.growth[language]}: ${showPercent(report.capacity.growthRatioPerYear)}`)),
  );
}

const sample = (kind: string): string =>
  kind === 'mark'
    ? [12, 22].map(x => element('line', { x1: x, y1: 0, x2: x, y2: 16, class: 'mark' })).join('')
    : element('rect', { x: 0, y: kind === 'normal' ? 5 : 2, width: 34, height: kind === 'normal' ? 6 : 12, class: kind });

function allLines(view: PageView, growthRatioPerYear: number): string {
  const { language, report } = view;
  const say = (word: keyof typeof WORDS) => WORDS[word][language];
  const rows = report.capacity.lines.map(({ link, from, to, rateBps, normalBps, worstBps, worstWhen, usedRatio, fullInYear }) =>
    [
      `${link} ${from} → ${to}`,
      showRateIn(rateBps, language),
      showRateIn(normalBps, language),
      showRateIn(worstBps, language),
      worstWhen ?? say('nothing'),
      showPercent(usedRatio),
      String(fullInYear ?? say('never')),
    ].map(escapeXml),
  );
  const year = `${say('fullYear')} (+${showPercent(growthRatioPerYear)})`;
  return table([say('line'), say('rate'), say('normal'), say('worst'), say('down'), say('used'), year], rows);
}
