import * as z from 'zod';
import { runIn } from '../acceptance/run.js';
import { IS_NUMBER } from './number.js';

/**
 * The kinds of values an inventory is made of. Each message completes the sentence "expected …".
 */

/** A date as YYYY-MM-DD that exists in the calendar. */
export const date = z.string().refine(isDate, 'a date that exists, as 2027-12-31').meta({ format: 'date' });

/** A key that other parts of the inventory refer to. */
export const key = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'lower-case letters, digits and dashes, at most 32, a letter first');

const HELD = 'the name of an element or a run of them, as n66, carrier-a, l77-l214';

/** What an acceptance names: an element, a path where there is none, or a run of elements, which must not be endless. */
export const heldName = z
  .string()
  .regex(/^[a-z][a-zA-Z0-9.-]{0,63}$/, HELD)
  .refine(name => (runIn(name)?.length ?? 0) <= 20_000, 'a run of at most 20000 elements');

export const text = z.string().trim().min(1, 'a text').max(200, 'at most 200 characters');

export const whole = (least: number, most: number) => {
  const allowed = `a whole number from ${least} to ${most}`;
  return z.number(allowed).int(allowed).min(least, allowed).max(most, allowed);
};

export const within = (least: number, most: number) => {
  const allowed = `a number from ${least} to ${most}`;
  return z.number(allowed).min(least, allowed).max(most, allowed);
};

const RATE = 'a rate above 0 with its unit: kbit/s, Mbit/s or Gbit/s, as "100 Mbit/s"';

/** At most two decimals: three may be a thousand to who wrote it, as 1.000 is in Vietnamese. */
const RATE_FORM = /^(\d+(?:\.\d{1,2})?) ?(kbit|Mbit|Gbit)\/s$/;

/** Bits per second from a rate with its unit. */
export const rateBps = z
  .string(RATE)
  .refine(value => parseRate(value) > 0, RATE)
  .meta({ pattern: RATE_FORM.source })
  .transform(parseRate);

const NAME = 'the short name of an element: s, n, x or e and its number, as n66';

/** The number of an element from its short name, and the letter that says its kind. */
export const elementName = z
  .string(NAME)
  .regex(/^[snxe](0|[1-9]\d{0,5})$/, NAME)
  .transform(name => ({ letter: name.slice(0, 1), number: Number(name.slice(1)) }));

/** A list in one cell, separated by spaces. */
export const words = z
  .string()
  .transform(cell => cell.split(/\s+/))
  .default([]);

/** A number cell. */
const numeric = <T extends z.ZodType<unknown, number>>(inner: T, form: RegExp, allowed: string) =>
  z.string(allowed).regex(form, allowed).transform(Number).pipe(inner);

const PERMANENT = 'a whole number without leading zeros, at most 999999';

/** The number of a row, which is its identity: one spelling, so that two rows cannot hide that they share it. */
export const permanentNumber = z.string(PERMANENT).regex(IS_NUMBER, PERMANENT).transform(Number);

export const wholeCell = (least: number, most: number) => numeric(whole(least, most), /^-?\d+$/, `a whole number from ${least} to ${most}`);
export const withinCell = (least: number, most: number) =>
  numeric(within(least, most), /^-?\d+(\.\d+)?$/, `a number from ${least} to ${most}`);

function isDate(value: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(value) && new Date(`${value}T00:00:00Z`).toJSON()?.slice(0, 10) === value;
}

function parseRate(value: string): number {
  const [, amount = '0', unit = ''] = RATE_FORM.exec(value) ?? [];
  return Math.round(Number(amount) * (BITS[unit as keyof typeof BITS] ?? 0));
}
const BITS = { kbit: 1e3, Mbit: 1e6, Gbit: 1e9 } as const satisfies Record<string, number>;
