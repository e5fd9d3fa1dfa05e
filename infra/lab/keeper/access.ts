import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { jsonOf } from '../../../agents/contract/json.js';
import { replace } from '../../../agents/contract/replace.js';
import type { Page } from '../../fabric/realisation.js';

const TOKEN_BYTES = 32;

const form = z.object({
  schema: z.literal(1),
  /** With it a browser may read the city's pages. */
  token: z.string().regex(/^[\w-]{43}$/),
  /** Whether silences may be made and ended over the pages. */
  writable: z.boolean(),
});
/** Who may do what on a city's pages. */
export type PageAccess = z.infer<typeof form>;

/** The stored access; undefined where there is none that can be read: then no client has any. */
export const readAccess = (path: string): Promise<PageAccess | undefined> =>
  readFile(path, 'utf8').then(
    text => jsonOf(form, text),
    () => undefined,
  );

/** Says whether the pages may be written; the token of a city stays the same as long as the city does. Relays read it at every request. */
export async function grantAccess(path: string, writable: boolean): Promise<void> {
  const token = (await readAccess(path))?.token ?? randomBytes(TOKEN_BYTES).toString('base64url');
  await replace(path, `${JSON.stringify({ schema: 1, token, writable } satisfies PageAccess)}\n`, 0o600);
}

/** A page with the address that lets a browser in. */
export const withToken = (page: Page, { token }: PageAccess): Page => ({ ...page, url: `${page.url}?token=${token}` });
