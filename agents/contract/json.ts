/** JSON from outside the process, by its form: the one way to read it. */

import * as z from 'zod/mini';
import english from 'zod/v4/locales/en.js';

// zod/mini carries no language of its own: without this every message reads "Invalid input".
z.config(english());

export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  /** One line a problem, as `services.0.address: Invalid IPv4 address`. */
  | { readonly ok: false; readonly problems: readonly string[] };

/** The value in `text`, or everything that is wrong with it. */
export function parseJson<S extends z.core.$ZodType>(form: S, text: string): Parsed<z.core.output<S>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { ok: false, problems: [`not JSON: ${(error as SyntaxError).message}`] };
  }
  const result = z.safeParse(form, value);
  return result.success ? { ok: true, value: result.data } : { ok: false, problems: result.error.issues.map(describe) };
}

const describe = ({ path, message }: z.core.$ZodIssue): string => (path.length === 0 ? message : `${path.join('.')}: ${message}`);

/** The value in `text`; undefined where it is not JSON or has another form. */
export function jsonOf<S extends z.core.$ZodType>(form: S, text: string): z.core.output<S> | undefined {
  const parsed = parseJson(form, text);
  return parsed.ok ? parsed.value : undefined;
}

/**
 * The form of what a program of ours has written: an object, and where it carries a schema version, one that we know. What is in it is
 * not looked at again.
 */
export const own = <T extends object>() =>
  z.custom<T>(
    value => typeof value === 'object' && value !== null && ('schema' in value ? value.schema : 1) === 1,
    'no record of schema 1',
  );
