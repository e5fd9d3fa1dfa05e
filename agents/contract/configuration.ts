/** How every agent reads its configuration: strictly, and all problems at once. */

import * as z from 'zod/mini';
import english from 'zod/v4/locales/en.js';

// zod/mini carries no language of its own: without this every message reads "Invalid input".
z.config(english());

export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  /** One line a problem, as `services.0.address: Invalid IPv4 address`. */
  | { readonly ok: false; readonly problems: readonly string[] };

/** The configuration in `text`, or everything that is wrong with it. Unknown keys are problems. */
export function parseConfiguration<S extends z.core.$ZodType>(schema: S, text: string): Parsed<z.core.output<S>> {
  const json = parseJson(text);
  if (!json.ok) return json;
  const result = z.safeParse(schema, json.value);
  return result.success ? { ok: true, value: result.data } : { ok: false, problems: result.error.issues.map(describe) };
}

function parseJson(text: string): Parsed<unknown> {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    return { ok: false, problems: [`not JSON: ${(error as SyntaxError).message}`] };
  }
}

const describe = ({ path, message }: z.core.$ZodIssue): string => (path.length === 0 ? message : `${path.join('.')}: ${message}`);

/** Parts that several configurations share. */
export const siteName = z.string().check(z.regex(/^s\d+$/, 'a site is named s and its number, as s1'));
export const systemKey = z.string().check(z.regex(/^[a-z][a-z0-9-]*$/, 'a system has a short key, as portal'));
/** One address in both families: what holds of the one holds of the other. */
export const bothAddresses = z.strictObject({ v4: z.ipv4(), v6: z.ipv6() });
export type BothAddresses = z.infer<typeof bothAddresses>;
export const anyAddress = z.union([z.ipv4(), z.ipv6()], 'an IPv4 or IPv6 address is wanted');
export const port = z.int().check(z.minimum(1), z.maximum(65_535));
export const systemState = z.enum(['none', 'database']);
