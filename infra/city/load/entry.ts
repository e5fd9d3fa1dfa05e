import type * as z from 'zod';
import type { Position, Problem } from '../problem.js';
import { issuesToProblems } from './issues.js';

/** A permanent number as written: without sign or leading zeros, so that one number has one spelling. */
export const IS_NUMBER = /^(0|[1-9]\d{0,5})$/;

/** A part of the inventory with its place in the files; `value` is undefined while its own form is broken. */
export interface Entry<T> {
  /** Number, key or index, as written. */
  readonly key: string;
  readonly path: string;
  readonly value: T | undefined;
  at(field?: string): Position;
}

/** All entries of one section, in file order. */
export interface Section<T> {
  readonly entries: readonly Entry<T>[];
  /** False when parts could not even be read: then nothing can be said about what is absent. */
  readonly complete: boolean;
}

/** An entry whose form is right. */
export interface Sound<T> extends Entry<T> {
  readonly value: T;
}

export const soundOf = <T>({ entries }: Section<T>): readonly Sound<T>[] =>
  entries.filter((entry): entry is Sound<T> => entry.value !== undefined);

/** A problem at one field of an entry. */
export function problemAt(entry: Pick<Entry<unknown>, 'path' | 'at'>, field: string, rule: string, message: string, hint: string): Problem {
  return { rule, path: field === '' ? entry.path : `${entry.path}.${field}`, message, hint, at: entry.at(field) };
}

/** Checks one entry's form; what is wrong goes to `problems`, and the value stays undefined. */
export function entryOf<T>(
  where: Omit<Entry<T>, 'value'> & { at(field?: string, wantsKey?: boolean): Position },
  raw: unknown,
  schema: z.ZodType<T>,
  problems: Problem[],
): Entry<T> {
  const parsed = schema.safeParse(raw);
  if (!parsed.success) problems.push(...issuesToProblems(parsed.error.issues, raw, schema, where));
  return { ...where, value: parsed.data };
}
