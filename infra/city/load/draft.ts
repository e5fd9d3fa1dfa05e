import type * as z from 'zod';
import type { Position, Problem } from '../problem.js';
import { type CsvSource, readCsv } from './csv.js';
import { type Entry, entryOf, IS_NUMBER, type Section } from './entry.js';
import { type Decoded, decode, type InventoryFiles } from './files.js';
import { didYouMean, shown, wordHint } from './hint.js';
import { LISTS, MAPS, SINGLES, TABLES } from './schema.js';
import { readYaml, type YamlSource } from './yaml.js';

/** Sections of city.yaml whose keys are permanent numbers. */
const NUMBERED: readonly string[] = ['sites', 'aggregations', 'externals', 'systems'];

type Singles = { readonly [K in keyof typeof SINGLES]: Entry<z.output<(typeof SINGLES)[K]>> };
type Maps = { readonly [K in keyof typeof MAPS]: Section<z.output<(typeof MAPS)[K]>> };
type Lists = { readonly [K in keyof typeof LISTS]: Section<z.output<(typeof LISTS)[K]>> };
type Tables = { readonly [K in keyof typeof TABLES]: Section<z.output<(typeof TABLES)[K]>> };

/** An inventory whose parts have been read one by one, before they are compared with each other. */
export interface Draft extends Singles, Maps, Lists, Tables {
  /** Position of a path of the model, or of the nearest part above it. */
  locate(path: string): Position;
}

/** Reads the three files; what has the wrong form is in `problems` and undefined in the draft. */
export function readDraft(files: InventoryFiles): { readonly draft: Draft; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const yaml = yamlOf(decode(files, 'city.yaml'), problems);
  const endpoints = table('endpoints', decode(files, 'endpoints.csv'), problems);
  const links = table('links', decode(files, 'links.csv'), problems);
  const parts = yamlParts(yaml, problems);
  return { draft: { ...parts, endpoints, links, locate: locator(yaml, [...endpoints.entries, ...links.entries]) }, problems };
}

function yamlOf(decoded: Decoded, problems: Problem[]): YamlSource & { readonly broken: boolean } {
  const source: YamlSource =
    'problem' in decoded
      ? { value: undefined, at: () => ({ file: decoded.file, line: 1, column: 1 }), problems: [decoded.problem] }
      : readYaml(decoded.file, decoded.text);
  problems.push(...source.problems);
  const wrongKind = source.value !== undefined && source.value !== asMap(source.value);
  if (wrongKind)
    problems.push({
      rule: 'wrong-value',
      path: 'city.yaml',
      message: `found ${shown(source.value)}, expected a map`,
      hint: 'copy the one of a shipped inventory and edit it',
      at: source.at([]),
    });
  return { ...source, broken: source.value === undefined || wrongKind };
}

function yamlParts(yaml: YamlSource & { readonly broken: boolean }, problems: Problem[]): Singles & Maps & Lists {
  const top = asMap(yaml.value);
  const own: Problem[] = [];
  if (!yaml.broken) own.push(...topLevel(yaml, top));
  const single = (name: string, schema: z.ZodType) => entryOf(place(yaml, [name]), top[name], schema, own);
  const many = (name: string, schema: z.ZodType) => section(yaml, name, top[name], schema, own);
  const parts = {
    ...mapValues(SINGLES, (schema, name) => single(name, schema)),
    ...mapValues(MAPS, (schema, name) => many(name, schema)),
    ...mapValues(LISTS, (schema, name) => many(name, schema)),
  };
  // a file that is no YAML has one problem, not twenty missing keys
  if (!yaml.broken) problems.push(...own);
  return parts as unknown as Singles & Maps & Lists;
}

function topLevel(yaml: YamlSource, top: Readonly<Record<string, unknown>>): readonly Problem[] {
  const allowed = [SINGLES, MAPS, LISTS].flatMap(sections => Object.keys(sections));
  return Object.keys(top)
    .filter(name => !allowed.includes(name))
    .map(name => ({
      rule: 'unknown-key',
      path: name,
      message: `unknown key ${shown(name)}`,
      hint: wordHint(name, allowed),
      at: yaml.at([name], true),
    }));
}

function section(yaml: YamlSource, name: string, raw: unknown, schema: z.ZodType, problems: Problem[]): Section<unknown> {
  const wantsList = name in LISTS;
  if (raw === null || typeof raw !== 'object' || Array.isArray(raw) !== wantsList) {
    const message = raw === undefined ? 'it is missing' : `found ${shown(raw)}, expected ${wantsList ? 'a list' : 'a map'}`;
    problems.push({
      rule: raw === undefined ? 'missing' : 'wrong-value',
      path: name,
      message,
      hint: 'copy it from a shipped inventory',
      at: yaml.at([name]),
    });
    return { entries: [], complete: false };
  }
  const entries = Object.entries(raw).map(([key, value]) => entryOf(place(yaml, [name, key]), value, schema, problems));
  return {
    entries: entries.map(entry => checkAssumed(entry, keysOf(schema), problems)),
    complete: !NUMBERED.includes(name) || entries.every(({ key }) => IS_NUMBER.test(key)),
  };
}

function place(yaml: YamlSource, path: readonly string[]) {
  return {
    key: path.at(-1) ?? '',
    path: path.join('.'),
    at: (field?: string, wantsKey?: boolean) => yaml.at([...path, ...(field ? field.split('.') : [])], wantsKey ?? !field),
  };
}

function table<K extends keyof typeof TABLES>(name: K, decoded: Decoded, problems: Problem[]): Tables[K] {
  const schema: z.ZodObject = TABLES[name];
  const columns = Object.keys(schema.shape);
  const source: CsvSource = 'problem' in decoded ? { rows: [], problems: [decoded.problem] } : readCsv(decoded.file, decoded.text, columns);
  problems.push(...source.problems);
  const entries = source.rows.map(({ cells, at }) => {
    const key = cells.number || '?';
    const stated = Object.fromEntries(Object.entries(cells).filter(([, cell]) => cell !== ''));
    const where = { key, path: `${name}.${key}`, at: (field?: string) => at(field?.split('.')[0] || undefined) };
    return checkAssumed(entryOf(where, stated, schema, problems), columns, problems);
  });
  return { entries, complete: source.problems.length === 0 && entries.every(({ key }) => IS_NUMBER.test(key)) } as unknown as Tables[K];
}

/** `assumed` names fields of the same entry: a misspelt one would count as a fact nobody doubts. */
function checkAssumed<T>(entry: Entry<T>, fields: readonly string[], problems: Problem[]): Entry<T> {
  const names = (entry.value as { assumed?: readonly string[] } | undefined)?.assumed ?? [];
  for (const name of names.filter(each => each !== '*' && !fields.includes(each)))
    problems.push({
      rule: 'unknown-field',
      path: `${entry.path}.assumed`,
      message: `found ${shown(name)}, expected a field of this entry or '*'`,
      hint: didYouMean(name, fields) ?? 'it has no such field',
      at: entry.at('assumed'),
    });
  return entry;
}

const keysOf = (schema: z.ZodType): readonly string[] => Object.keys((schema as z.ZodObject).shape ?? {});

function locator(yaml: YamlSource, rows: readonly Entry<unknown>[]): (path: string) => Position {
  const byPath = new Map(rows.map(row => [row.path, row]));
  return path => {
    const [name = '', key = '', ...rest] = path.split('.');
    const row = byPath.get(`${name}.${key}`);
    return row === undefined ? yaml.at(path.split('.')) : row.at(rest.join('.'));
  };
}

const asMap = (value: unknown): Readonly<Record<string, unknown>> =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : {};

const mapValues = <T extends object, U>(table: T, change: (value: T[keyof T], name: string) => U): Record<keyof T, U> =>
  Object.fromEntries(Object.entries(table).map(([name, value]) => [name, change(value, name)])) as Record<keyof T, U>;
