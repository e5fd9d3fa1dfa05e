/** What the report says of the machine: it distinguishes a slow city from a slow machine below it. */

import type { Bilingual, Language } from '../../../infra/city/identity.js';
import type { SentinelKind } from '../../../infra/fabric/sentinels.js';
import type { MachineFinding, MachineRow } from '../../judge/machine.js';
import type { OutageRow } from '../../judge/rows.js';
import { clockTime, table } from './table.js';

const WORDS = {
  sentinel: { vi: 'Đại diện cho', en: 'It stands for' },
  limit: { vi: 'Cho phép (ms)', en: 'At most (ms)' },
  worst: { vi: 'Trễ nhất (ms)', en: 'Latest (ms)' },
  when: { vi: 'Lúc (UTC)', en: 'At (UTC)' },
  over: { vi: 'Số lần quá mức', en: 'Times over the limit' },
  unmeasured: { vi: 'không đo được', en: 'not measured' },
  unwatched: { vi: 'Không ai đo độ trễ của máy.', en: 'How late the machine was, was not measured.' },
} as const satisfies Record<string, Bilingual>;

const KIND_WORDS = {
  routing: { vi: 'định tuyến', en: 'routing' },
  clients: { vi: 'giao dịch của các phường, xã', en: 'the wards’ clients' },
} as const satisfies Record<SentinelKind, Bilingual>;

/** A table of how late each sentinel found the machine. */
export function machineTable(rows: readonly MachineRow[] | undefined, language: Language): string {
  if (rows === undefined) return WORDS.unwatched[language];
  const head = [WORDS.sentinel, WORDS.limit, WORDS.worst, WORDS.when, WORDS.over].map(word => word[language]);
  return table(
    head,
    rows.map(({ kind, host, limitMs, unmeasured, worstMs, worstAtMs, over }) => [
      `${KIND_WORDS[kind][language]} (${host})`,
      String(limitMs),
      unmeasured === undefined ? String(worstMs) : `${WORDS.unmeasured[language]}: ${unmeasured}`,
      worstAtMs === undefined ? '' : clockTime(worstAtMs),
      String(over),
    ]),
  );
}

/** What speaks against the figures of a table, a sentence each; empty when nothing does. */
export function machineNotes(rows: readonly OutageRow[], language: Language): string {
  const sentences = rows.flatMap(({ machine }) => (machine === undefined ? [] : [`- ${findingWords(machine, language)}`]));
  return [...new Set(sentences)].join('\n');
}

/** Why a measurement is inconclusive. */
export function findingWords(finding: MachineFinding, language: Language): string {
  const { kind, host, limitMs } = finding;
  const whose = `${KIND_WORDS[kind][language]}, ${host}`;
  if (finding.what === 'unmeasured')
    return {
      vi: `không biết máy có chạy đúng giờ hay không (${whose}: ${finding.why}); số đo trong lúc đó không nói gì về thành phố`,
      en: `it is not known whether the machine was on time (${whose}: ${finding.why}); what was measured meanwhile says nothing about the city`,
    }[language];
  const at = clockTime(finding.atMs);
  return {
    vi: `máy bị trễ ${finding.lateMs} ms lúc ${at} (${whose}; cho phép ${limitMs} ms); số đo trong lúc đó không nói gì về thành phố`,
    en: `the machine was late by ${finding.lateMs} ms at ${at} (${whose}; at most ${limitMs} ms); what was measured meanwhile says nothing about the city`,
  }[language];
}
