/** Parts that several configurations share. Every agent reads its configuration strictly, and reports all problems at once (`parseJson`). */

import * as z from 'zod/mini';

export const siteName = z.string().check(z.regex(/^s\d+$/, 'a site is named s and its number, as s1'));
export const systemKey = z.string().check(z.regex(/^[a-z][a-z0-9-]*$/, 'a system has a short key, as portal'));
/** One address in both families: what holds of the one holds of the other. */
export const bothAddresses = z.strictObject({ v4: z.ipv4(), v6: z.ipv6() });
export type BothAddresses = z.infer<typeof bothAddresses>;
export const anyAddress = z.union([z.ipv4(), z.ipv6()], 'an IPv4 or IPv6 address is wanted');
export const port = z.int().check(z.minimum(1), z.maximum(65_535));
export const absolutePath = z.string().check(z.startsWith('/', 'an absolute path is wanted'));
/** Files by which a program proves who it is, and whom it believes: PEM. */
export const identity = z.strictObject({ authority: absolutePath, certificate: absolutePath, key: absolutePath });
export const systemState = z.enum(['none', 'database']);
