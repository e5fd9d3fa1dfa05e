import type * as z from 'zod';
import { entryOf, fieldsOf, type LoadContext, type LoadedEntry, type Report, reportUnknownAssumed, type Section } from './entry.js';
import type { Decoded } from './files.js';
import { shown, wordHint } from './hint.js';
import { IS_NUMBER } from './number.js';
import { LISTS, type Lists, MAPS, type Maps, NUMBERED, SINGLES, type Singles } from './schema.js';
import { readYaml, type YamlSource } from './yaml.js';

const COPY = 'copy the one of a shipped inventory and edit it';

/** city.yaml as a map, or as nothing: then it has one problem, not twenty missing keys. */
export function sourceOf(decoded: Decoded, report: Report): YamlSource {
  const nowhere = { file: decoded.file, line: 1, column: 1 };
  const source =
    'problem' in decoded ? { value: undefined, at: () => nowhere, problems: [decoded.problem] } : readYaml(decoded.file, decoded.text);
  source.problems.forEach(report);
  if (source.value === undefined || isMap(source.value)) return source;
  report({ rule: 'wrong-value', path: 'city.yaml', message: `found ${shown(source.value)}, expected a map`, hint: COPY, at: nowhere });
  return { ...source, value: undefined };
}

/** Every section of city.yaml, entry by entry: one broken entry hides no other. */
export function readSections(yaml: YamlSource, { day, report }: LoadContext): Singles & Maps & Lists {
  const reading: LoadContext = { day, report: yaml.value === undefined ? () => undefined : report };
  const top = isMap(yaml.value) ? yaml.value : {};
  reportUnknownSections(yaml, top, reading.report);
  const sections = {
    ...mapValues(SINGLES, (schema: z.ZodType, name) => entryOf(place(yaml, [name]), top[name], schema, reading)),
    ...mapValues({ ...MAPS, ...LISTS }, (schema: z.ZodType, name) => readSection(yaml, name, top[name], schema, reading)),
  };
  for (const [name, schema] of Object.entries<z.ZodType>(SINGLES))
    reportUnknownAssumed(sections[name] as LoadedEntry<unknown>, fieldsOf(schema), reading.report);
  // the tables of schemas have one type each: their union cannot say which section got which
  return sections as unknown as Singles & Maps & Lists;
}

function reportUnknownSections(yaml: YamlSource, top: Readonly<Record<string, unknown>>, report: Report): void {
  const allowed = Object.keys({ ...SINGLES, ...MAPS, ...LISTS });
  for (const name of Object.keys(top).filter(each => !allowed.includes(each)))
    report({
      rule: 'unknown-key',
      path: name,
      message: `unknown key ${shown(name)}`,
      hint: wordHint(name, allowed),
      at: yaml.at([name], true),
    });
}

function readSection(yaml: YamlSource, name: string, raw: unknown, schema: z.ZodType, reading: LoadContext): Section<unknown> {
  const wanted = name in LISTS ? 'a list' : 'a map';
  if (wanted === 'a list' ? !Array.isArray(raw) : !isMap(raw)) {
    const [rule, message] = raw === undefined ? ['missing', 'it is missing'] : ['wrong-value', `found ${shown(raw)}, expected ${wanted}`];
    reading.report({ rule, path: name, message, hint: `add ${wanted}, as the shipped inventories have it`, at: yaml.at([name]) });
    return { entries: [], complete: false };
  }
  const entries = Object.entries(raw as object).map(([key, value]) => entryOf(place(yaml, [name, key]), value, schema, reading));
  for (const entry of entries) reportUnknownAssumed(entry, fieldsOf(schema), reading.report);
  return { entries, complete: !NUMBERED.includes(name) || entries.every(({ key }) => IS_NUMBER.test(key)) };
}

function place(yaml: YamlSource, path: readonly string[]) {
  return {
    key: path.at(-1) ?? '',
    path: path.join('.'),
    at: (field?: string, wantsKey?: boolean) => yaml.at([...path, ...(field ? field.split('.') : [])], wantsKey ?? !field),
  };
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

const mapValues = <T, U>(table: Readonly<Record<string, T>>, change: (value: T, name: string) => U): Readonly<Record<string, U>> =>
  Object.fromEntries(Object.entries(table).map(([name, value]) => [name, change(value, name)]));
