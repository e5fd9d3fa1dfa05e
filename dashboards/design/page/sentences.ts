/** What elements are called and what findings say, in either language, from the same facts. */

import type { LineReport } from '../../../infra/city/capacity/report.js';
import type { WithoutWriter } from '../../../infra/city/check.js';
import { describeLosses, type Loss } from '../../../infra/city/failures/losses.js';
import type { Link } from '../../../infra/city/model.js';
import type { FailingElement } from '../../../infra/city/routing/failure.js';
import type { Writer } from '../../../infra/city/routing/writer.js';
import type { Finding } from '../../../infra/city/rules/finding.js';
import { showPercent, showRateIn } from './numbers.js';
import { membersOf, type PageView } from './view.js';
import { ELEMENT_WORDS, VIETNAMESE_LOSSES, WORDS } from './words.js';

/** What people call an element: a node's name, a line's ends, what is in a group. */
export function titleOf(view: PageView, element: FailingElement): string {
  const { kind, name, class: of, title } = element;
  const what = ELEMENT_WORDS[of][view.language];
  if (kind === 'node') return view.nodesByName.get(name)?.name[view.language] ?? title;
  if (kind === 'group') return `${what}: ${membersIn(view, element)}`;
  const link = view.linksByName.get(name);
  return link === undefined ? title : `${what}: ${endsOf(view, link)}, ${link.carrier}`;
}

/** The name that the inventory gives a group is in one language; what is in it is in none, but may be much. */
function membersIn(view: PageView, group: FailingElement): string {
  const members = membersOf(view, group);
  return members.length === 0 || members.length > SHOWN ? group.title : members.join(', ');
}
const SHOWN = 4;

/** An access line leads to its office; of any other line both ends matter. */
function endsOf(view: PageView, { kind, ends: [near, far] }: Link): string {
  return kind === 'access' ? shortNameOf(view, near) : `${shortNameOf(view, near)} – ${shortNameOf(view, far)}`;
}

const shortNameOf = ({ nodes, shortNames, language }: PageView, number: Link['ends'][0]): string =>
  shortNames.get(number) ?? nodes.get(number)?.name[language] ?? '';

/** `n67 Nút tổng hợp quận Ninh Kiều`. */
export const calledOf = (view: PageView, element: FailingElement): string => `${element.name} ${titleOf(view, element)}`;

export const lossesIn = (losses: readonly Loss[], { language }: PageView): string =>
  language === 'vi' ? describeLosses(losses, VIETNAMESE_LOSSES) : describeLosses(losses);

/** A sentence, and the language that it is in: what carries no facts is in the program's own words. */
export interface Sentence {
  readonly text: string;
  readonly language: PageView['language'];
}

export function sentenceOf(view: PageView, problem: Finding): Sentence {
  const text = view.language === 'vi' ? vietnamese(view, problem) : undefined;
  return text === undefined ? { text: problem.message, language: 'en' } : { text, language: 'vi' };
}

/** The same beside the element's name: what is lost when it fails is enough. */
export const sentenceBeside = (view: PageView, problem: Finding): string =>
  problem.facts?.about === 'losses' && problem.rule !== 'offices-are-served'
    ? lossesIn(problem.facts.losses, view)
    : sentenceOf(view, problem).text;

function vietnamese(view: PageView, { rule, path, facts }: Finding): string | undefined {
  switch (facts?.about) {
    case 'losses': {
      const element = view.elements.get(path);
      const when =
        rule === 'offices-are-served' || element === undefined ? 'ngay cả khi không có gì hỏng' : `nếu ${calledAs(view, element)} hỏng`;
      return `${when}, ${lossesIn(facts.losses, view)}`;
    }
    case 'writer':
      return `khi ${whenIn(view, facts)}, ${writerIn(facts.writer)}`;
    case 'copies': {
      const element = view.elements.get(path);
      return (
        element &&
        `nếu ${calledAs(view, element)} hỏng, ${facts.sites.join(' và ')} không còn nghe được nhau: dữ liệu ghi ra chỉ có một bản`
      );
    }
    case 'denied':
      return `không luồng nào cho phép người ở đơn vị dùng ${facts.system}`;
    case 'line': {
      const line = view.loads.get(facts.link)?.find(({ from, to }) => from === facts.from && to === facts.to);
      return line === undefined ? undefined : tightLine(view, line);
    }
    default:
      return acceptanceIn(view, rule, path);
  }
}

/** Findings about acceptances have no facts: the entry that they are about is in the inventory. */
function acceptanceIn({ city }: PageView, rule: string, path: string): string | undefined {
  const entry = city.accepted.find((_, index) => path === `accepted.${index}`);
  const what = ACCEPTANCES[rule];
  return entry && what && `mục này chấp nhận ${entry.rule} của ${entry.scope}, ${what}`;
}
const ACCEPTANCES: Readonly<Record<string, string>> = {
  'stale-acceptance': 'nhưng không có phát hiện nào như vậy',
  'acceptance-without-extent': 'nhưng không ghi chấp nhận đến mức nào',
};

const calledAs = (view: PageView, element: FailingElement): string => `${element.name} (${titleOf(view, element)})`;

function tightLine(view: PageView, line: LineReport): string {
  const { link, from, to, worstBps, rateBps, usedRatio } = line;
  const how = usedRatio > 1 ? 'quá tải' : 'chật';
  const when = line.worstWhen === undefined ? WORDS.nothingDown.vi : `khi ${line.worstWhen} hỏng`;
  const figures = `${showRateIn(worstBps, 'vi')} trên ${showRateIn(rateBps, 'vi')} (${showPercent(usedRatio)})`;
  return `${link} từ ${from} đến ${to} ${how} ${when}: ${figures}${line === view.report.capacity.lines[0] ? '; đầy trước tiên' : ''}`;
}

/** What one direction of a line carries, one sentence. */
export function loadIn(
  { language }: PageView,
  { link, from, to, rateBps, normalBps, worstBps, worstWhen, usedRatio, fullInYear }: LineReport,
): string {
  const rate = (bps: number) => showRateIn(bps, language);
  const when = worstWhen === undefined ? WORDS.nothingDown[language] : `${WORDS.whileDown[language]} ${worstWhen}`;
  const full = fullInYear === undefined ? '' : `; ${WORDS.fullIn[language]} ${fullInYear}`;
  return `${link} ${from} → ${to}, ${rate(rateBps)}: ${WORDS.normal[language]} ${rate(normalBps)}, ${WORDS.worst[language]} ${rate(worstBps)} (${showPercent(usedRatio)}) ${when}${full}`;
}

/** When no site may write: `s1 và s3 hỏng`, `các điểm bị chia cắt s1 | s2 s3`. */
export function whenIn({ language }: PageView, { when, failed }: Pick<WithoutWriter, 'when' | 'failed'>): string {
  if (failed.length === 0) return `${WORDS.parted[language]}: ${when}`;
  return `${failed.join(` ${WORDS.and[language]} `)} ${WORDS.are[language]}`;
}

/** Why no site may write. */
export const whyIn = ({ language }: PageView, { why, sites }: WithoutWriter): string => (language === 'en' ? why : standingIn(sites));

function writerIn(writer: Writer): string {
  switch (writer.kind) {
    case 'one':
      return `s${writer.site} được ghi`;
    case 'none':
      return `không nơi nào được ghi: ${standingIn(writer.sites)}`;
  }
}

const standingIn = (sites: WithoutWriter['sites']): string =>
  sites.length === 0 ? 'không điểm nào có máy chủ cơ sở dữ liệu' : sites.map(standsIn).join(', ');

function standsIn({ site, up, databases, votes, of }: WithoutWriter['sites'][number]): string {
  if (!up) return `s${site} hỏng`;
  return databases === 0 ? `s${site} không còn máy chủ cơ sở dữ liệu` : `s${site} chỉ nghe được ${votes} trên ${of} phiếu`;
}
