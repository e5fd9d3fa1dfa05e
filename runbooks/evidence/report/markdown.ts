/** A judgement as Markdown for people, in one language. Pure: no clock, no locale of the machine. */

import type { Bilingual, Language } from '../../../infra/city/identity.js';
import { familyOf } from '../../drill/drill.js';
import { DRILLS } from '../../drills/drills.js';
import type { Judgement } from '../../judge/judge.js';
import type { OutageSeconds } from '../../judge/outage.js';
import type { LossRow, OutageRow } from '../../judge/rows.js';
import type { Verdict } from '../../judge/verdict.js';
import { machineNotes, machineTable } from './machine.js';
import { clockTime, table } from './table.js';
import { CRITERION_WORDS, FAMILY_WORDS, MOMENT_WORDS, VERDICT_WORDS, WORDS } from './words.js';

/** The report's text, with what makes the verdict doubtful right below it. */
export function markdown(judgement: Judgement, language: Language, doubts: readonly string[] = []): string {
  const say: Say = key => WORDS[key][language];
  const { plan, run } = judgement;
  const drill = DRILLS.find(({ name }) => name === plan.drill);
  const sections = [
    `# ${say('report')}: ${drill?.title[language] ?? plan.drill}`,
    `**${say('verdict')}: ${verdict(judgement.verdict, language)}**`,
    ...doubts.map(doubt => `**${say('doubt')}**: ${doubt}`),
    judgement.brokenOff === undefined ? '' : `${say('brokenOff')}: ${judgement.brokenOff}`,
    facts(judgement, language),
    drill === undefined ? '' : `${say('what')}: ${drill.proves[language]}`,
    `## ${say('criteria')}\n\n${criteria(judgement, language)}`,
    `## ${say('rto')}\n\n${outages(judgement, judgement.outages, language)}`,
    `## ${say('rpo')}\n\n${losses(judgement, language)}`,
    `## ${say('powerReturn')}\n\n${outages(judgement, judgement.powerReturn, language)}`,
    `## ${say('failback')}\n\n${outages(judgement, judgement.failback, language)}`,
    `## ${say('later')}\n\n${outages(judgement, judgement.later, language)}`,
    `## ${say('machine')}\n\n${machineTable(judgement.machine, language)}`,
    `## ${say('timelines')}\n\n${timelines(judgement, language)}`,
    `## ${say('timeline')}\n\n${moments(judgement, language)}`,
    `## ${say('method')}\n\n${say('rtoMethod')}\n\n${say('rpoMethod')}\n\n${say('machineMethod')}\n\n${say('canary')}`,
    `${say('hash')} \`citydc drill judge ${run}\`.`,
  ];
  return `${sections.filter(section => section !== '').join('\n\n')}\n`;
}

type Say = (key: keyof typeof WORDS) => string;

const verdict = (value: Verdict, language: Language): string => VERDICT_WORDS[value][language];

function facts({ run, plan, startedAtMs, etcdLeader }: Judgement, language: Language): string {
  const rows: readonly (readonly [keyof typeof WORDS, string])[] = [
    ['run', run],
    ['city', `${plan.city.name[language]} (${plan.city.id})`],
    ['target', plan.target],
    ['started', new Date(startedAtMs).toISOString()],
    ['etcdLeader', etcdLeader ?? WORDS.unknownLeader[language]],
  ];
  return rows.map(([key, value]) => `- ${WORDS[key][language]}: ${value}`).join('\n');
}

function criteria(judgement: Judgement, language: Language): string {
  const head = [WORDS.criterion, WORDS.verdict, WORDS.findings];
  const rows = judgement.criteria.map(({ id, verdict: value, findings }) => [
    CRITERION_WORDS[id][language],
    verdict(value, language),
    shorten(findings),
  ]);
  return table(words(head, language), rows);
}

function outages({ plan }: Judgement, rows: readonly OutageRow[], language: Language): string {
  const head = [
    WORDS.system[language],
    WORDS.objective[language],
    ...plan.wards.map(ward => `${ward.name[language]} (${ward.host}, ${FAMILY_WORDS[familyOf(ward)]})`),
    WORDS.worst[language],
    WORDS.verdict[language],
  ];
  const lines = rows.map(({ system, objectiveSeconds, wards, worst, verdict: value }) => [
    systemName(plan, system, language),
    objectiveSeconds === undefined ? WORDS.informative[language] : `≤ ${objectiveSeconds}`,
    ...wards.map(({ outage }) => seconds(outage, language)),
    seconds(worst, language),
    value === undefined ? '' : verdict(value, language),
  ]);
  const notes = machineNotes(rows, language);
  return `${table(head, lines)}${notes === '' ? '' : `\n\n${notes}`}`;
}

function losses(judgement: Judgement, language: Language): string {
  const head = [WORDS.system, WORDS.acknowledged, WORDS.lost, WORDS.unknown, WORDS.failed, WORDS.skipped, WORDS.verdict];
  return table(
    words(head, language),
    judgement.losses.map(row => lossLine(judgement, row, language)),
  );
}

const lossLine = ({ plan }: Judgement, row: LossRow, language: Language): readonly string[] => [
  systemName(plan, row.system, language),
  `${row.acknowledged}${row.unmeasured.length === 0 ? '' : ` (${WORDS.unmeasured[language]}: ${row.unmeasured.join(', ')})`}`,
  row.lost.length === 0 ? '0' : `${row.lost.length}: ${shorten(row.lost)}`,
  `${row.unknown} (${row.unknownPresent})`,
  String(row.failed),
  String(row.skipped),
  verdict(row.verdict, language),
];

function timelines({ timelines: found }: Judgement, language: Language): string {
  if (found === undefined) return WORDS.unmeasured[language];
  const rows = Object.entries(found.counts).map(([timeline, count]) => [timeline, String(count)]);
  return `${WORDS.writes[language]} ${WORDS.checked[language]}: ${found.checked}\n\n${table([WORDS.timelines[language], WORDS.writes[language]], rows)}`;
}

function moments({ timeline, faultAtMs }: Judgement, language: Language): string {
  const rows = timeline.map(({ atMs, kind, detail }) => [
    clockTime(atMs),
    faultAtMs === undefined ? '' : ((atMs - faultAtMs) / 1000).toFixed(1),
    `${MOMENT_WORDS[kind]?.[language] ?? kind}${detail === '' ? '' : `: ${detail}`}`,
  ]);
  return table(
    words([WORDS.time, WORDS.sinceFault, WORDS.event], language).map((head, index) => (index === 0 ? `${head} (UTC)` : head)),
    rows,
  );
}

const systemName = ({ systems }: Judgement['plan'], key: string, language: Language): string =>
  `${systems.find(system => system.key === key)?.name[language] ?? key} (${key})`;

const seconds = (outage: OutageSeconds, language: Language): string =>
  typeof outage === 'number' ? outage.toFixed(2) : WORDS[outage][language];

const SHOWN = 5;
const shorten = (list: readonly string[]): string =>
  list.length <= SHOWN ? list.join('; ') : `${list.slice(0, SHOWN).join('; ')} … +${list.length - SHOWN}`;

const words = (list: readonly Bilingual[], language: Language): readonly string[] => list.map(word => word[language]);
