/** The folder of one run: everything that the judge needs, in plain files, with their digests in the journal. */

import { mkdir, readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { type DocumentList, documentList } from '../../agents/contract/canary.js';
import { jsonOf } from '../../agents/contract/json.js';
import { type Ledger, parseLedger } from '../../agents/contract/ledger.js';
import { replaceDurably } from '../../agents/contract/replace.js';
import { parseSentinel, type SentinelReading } from '../../agents/contract/sentinel.js';
import { type InputError, WorldError, wrongInput } from '../../infra/city/problem.js';
import type { DrillPlan } from '../drill/drill.js';
import { type Forks, parseForks } from '../judge/timelines.js';
import { entriesOf, hashOf } from './chain.js';
import { type JournalReading, readJournal } from './journal.js';

/** Paths inside the folder. */
export const FILES = {
  journal: 'journal.jsonl',
  ledger: (ward: string) => `ledgers/${ward}.jsonl`,
  sentinel: (host: string) => `sentinels/${host}.jsonl`,
  readBack: (system: string, ward: string) => `read-back/${system}/${ward}.json`,
  history: 'history.json',
  verdict: 'verdict.json',
  report: 'report.json',
  reportIn: (language: 'vi' | 'en') => `report.${language}.md`,
} as const;

/** All that is known of a run. What could not be collected is undefined: it proves nothing. */
export interface Evidence {
  readonly run: string;
  readonly plan: DrillPlan;
  readonly journal: JournalReading;
  /** By ward. */
  readonly ledgers: ReadonlyMap<string, Ledger>;
  /** By host; none where the plan has none. */
  readonly sentinels: ReadonlyMap<string, SentinelReading>;
  /** By system, then ward. */
  readonly readBacks: ReadonlyMap<string, ReadonlyMap<string, DocumentList>>;
  readonly forks: Forks | undefined;
  /** Files whose content is not what the journal says, or that are gone. */
  readonly altered: readonly string[];
}

/**
 * The evidence in a folder.
 *
 * @throws {InputError} when it holds no journal
 * @throws {WorldError} when the journal is damaged in its first line: then it is not known what was to be proved
 */
export async function readEvidence(folder: string): Promise<Evidence> {
  const text = await readFile(join(folder, FILES.journal), 'utf8').catch(() => '');
  const journal = readJournal(text);
  const [opened] = entriesOf(journal.entries, 'opened');
  if (opened === undefined) throw text === '' ? notARun(folder) : unreadable(folder, journal);
  const { run, plan } = opened;
  const read = (path: string) => readFile(join(folder, path), 'utf8').catch(() => undefined);
  return {
    run,
    plan,
    journal,
    ledgers: await readLedgers(plan, read),
    sentinels: await readSentinels(plan, read),
    readBacks: await readReadBacks(plan, read),
    forks: parseForks((await read(FILES.history)) ?? ''),
    altered: await alteredFiles(folder, journal),
  };
}

const unreadable = (folder: string, { problem }: JournalReading): WorldError =>
  new WorldError(`${join(folder, FILES.journal)} is damaged: ${problem ?? 'line 1 is torn'}`, {
    hint: 'when `citydc drill run` says that it was not finished: citydc drill recover',
  });

const notARun = (folder: string): InputError =>
  wrongInput('drill-evidence', folder, `holds no ${FILES.journal} of a drill`, 'name a folder of evidence; `citydc drill list` shows them');

type Read = (path: string) => Promise<string | undefined>;

async function readLedgers({ wards }: DrillPlan, read: Read): Promise<ReadonlyMap<string, Ledger>> {
  const texts = await Promise.all(wards.map(async ({ host }) => ({ host, text: await read(FILES.ledger(host)) })));
  return new Map(texts.flatMap(({ host, text }) => (text === undefined ? [] : [[host, parseLedger(text)] as const])));
}

async function readSentinels({ sentinels = [] }: DrillPlan, read: Read): Promise<Evidence['sentinels']> {
  const texts = await Promise.all(sentinels.map(async ({ host }) => ({ host, text: await read(FILES.sentinel(host)) })));
  return new Map(texts.flatMap(({ host, text }) => (text === undefined ? [] : [[host, parseSentinel(text)] as const])));
}

async function readReadBacks({ systems, wards }: DrillPlan, read: Read): Promise<Evidence['readBacks']> {
  const stateful = systems.filter(({ state }) => state === 'database');
  const lists = stateful.map(async ({ key }) => {
    const answers = await Promise.all(wards.map(async ({ host }) => ({ host, list: parseList(await read(FILES.readBack(key, host))) })));
    return [key, new Map(answers.flatMap(({ host, list }) => (list === undefined ? [] : [[host, list] as const])))] as const;
  });
  return new Map(await Promise.all(lists));
}

/** The documents that a database holds, from a system's answer; undefined when the text is no such answer. */
export const parseList = (text = ''): DocumentList | undefined => jsonOf(documentList, text);

async function alteredFiles(folder: string, { entries }: JournalReading): Promise<readonly string[]> {
  const digests = Object.assign({}, ...entriesOf(entries, 'files').map(({ sha256 }) => sha256)) as Record<string, string>;
  const checked = await Promise.all(
    Object.entries(digests).map(async ([path, digest]) => {
      const data = await readFile(join(folder, path)).catch(() => undefined);
      return data !== undefined && hashOf(data) === digest ? [] : [path];
    }),
  );
  return checked.flat();
}

/** Writes a file of evidence; on return it is on disk. */
export async function writeEvidence(folder: string, path: string, content: string | Buffer): Promise<void> {
  const full = join(folder, path);
  await mkdir(dirname(full), { recursive: true });
  await replaceDurably(full, content);
}

/** SHA-256 of every collected file, by its path in the folder; without the journal and what is derived from evidence. */
export async function digestsOf(folder: string): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter(entry => entry.isFile()).map(entry => relative(folder, join(entry.parentPath, entry.name)));
  const collected = paths.filter(path => path !== FILES.journal && !isDerived(path)).toSorted();
  return Object.fromEntries(await Promise.all(collected.map(async path => [path, hashOf(await readFile(join(folder, path)))] as const)));
}

const isDerived = (path: string): boolean => path === FILES.verdict || path.startsWith('report.');
