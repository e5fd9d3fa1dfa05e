import * as z from 'zod';
import type { Position, Problem } from '../problem.js';
import { shown, wordHint } from './hint.js';
import { issuesToProblems } from './issues.js';

/** Whether a part counts on a day: not yet, now, or no more for ever. */
type State = 'planned' | 'active' | 'retired';

/** A part of the inventory with its place in the files; `value` is undefined while its own form is broken. */
export interface LoadedEntry<T> {
  /** Number, key or index, as written. */
  readonly key: string;
  readonly path: string;
  readonly value: T | undefined;
  /** On the day for which the inventory is read; of what says no dates, or has a broken form, `active`. */
  readonly state: State;
  at(field?: string): Position;
}

/** All entries of one section, in file order. */
export interface Section<T> {
  readonly entries: readonly LoadedEntry<T>[];
  /** False when parts could not even be read: then nothing can be said about what is absent. */
  readonly complete: boolean;
}

/** An entry whose form is right. */
export interface Sound<T> extends LoadedEntry<T> {
  readonly value: T;
}

export const soundOf = <T>({ entries }: Section<T>): readonly Sound<T>[] =>
  entries.filter((entry): entry is Sound<T> => entry.value !== undefined);

/** A problem at one field of an entry. */
export function problemAt(
  entry: Pick<LoadedEntry<unknown>, 'path' | 'at'>,
  field: string,
  rule: string,
  message: string,
  hint: string,
): Problem {
  return { rule, path: field === '' ? entry.path : `${entry.path}.${field}`, message, hint, at: entry.at(field) };
}

/** Takes a problem when it is found. */
export type Report = (problem: Problem) => void;

/** How an inventory is being read: for which day, and who takes the problems. */
export interface LoadContext {
  readonly day: string;
  readonly report: Report;
}

/** Checks one entry's form; what is wrong is reported, and the value stays undefined. */
export function entryOf<T>(
  where: Omit<LoadedEntry<T>, 'value' | 'state'> & { at(field?: string, wantsKey?: boolean): Position },
  raw: unknown,
  schema: z.ZodType<T>,
  { day, report }: LoadContext,
): LoadedEntry<T> {
  const parsed = schema.safeParse(raw);
  if (!parsed.success) issuesToProblems(parsed.error.issues, raw, schema, where).forEach(report);
  return { ...where, value: parsed.data, state: stateOn(day, parsed.data as Dated | undefined) };
}

export interface Dated {
  readonly validFrom?: string | undefined;
  readonly validUntil?: string | undefined;
}

/** Dates in this form are in order as texts. */
function stateOn(day: string, { validFrom = '', validUntil = '9999-99-99' }: Dated = {}): State {
  return day >= validUntil ? 'retired' : day < validFrom ? 'planned' : 'active';
}

/** The keys or columns of one entry. */
export function fieldsOf(schema: z.ZodType): readonly string[] {
  if (schema instanceof z.ZodOptional) return fieldsOf(schema.unwrap() as z.ZodType);
  return 'shape' in schema ? Object.keys(schema.shape as object) : [];
}

/** `assumed` names fields of the same entry: a misspelt one would pass as a confirmed fact. */
export function reportUnknownAssumed(entry: LoadedEntry<unknown>, fields: readonly string[], report: Report): void {
  const names = (entry.value as { readonly assumed?: readonly string[] } | undefined)?.assumed ?? [];
  for (const name of names.filter(each => each !== '*' && !fields.includes(each)))
    report(
      problemAt(entry, 'assumed', 'unknown-field', `found ${shown(name)}, expected a field of this entry or '*'`, wordHint(name, fields)),
    );
}
