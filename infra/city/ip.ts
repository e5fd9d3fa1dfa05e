/** Addresses of both families as numbers, and back. */

/** An IPv4 address as a number; undefined when the text is none. */
export function parseV4(text: string): number | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every(part => /^\d{1,3}$/.test(part) && Number(part) < 256)) return undefined;
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0);
}

/** An IPv6 address as a number; undefined when the text is none. */
export function parseV6(text: string): bigint | undefined {
  const [head = '', tail, more] = text.split('::');
  if (more !== undefined) return undefined;
  const before = groupsOf(head);
  const after = tail === undefined ? [] : groupsOf(tail);
  const missing = 8 - before.length - after.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...before, ...Array<string>(Math.max(missing, 0)).fill('0'), ...after];
  if (!groups.every(group => /^[\da-f]{1,4}$/i.test(group))) return undefined;
  return BigInt(`0x${groups.map(group => group.padStart(4, '0')).join('')}`);
}

const groupsOf = (text: string): readonly string[] => (text === '' ? [] : text.split(':'));

export const formatV4 = (address: number): string => [24, 16, 8, 0].map(shift => Math.floor(address / 2 ** shift) % 256).join('.');

/** As RFC 5952 asks and every program prints it, so that texts compare: `::` stands for the longest run of zeros, the first of equals. */
export function formatV6(groups: readonly number[]): string {
  const text = groups.map(group => group.toString(16)).join(':');
  const [longest] = (text.match(/\b0(:0)+\b/g) ?? []).toSorted((a, b) => b.length - a.length);
  return longest === undefined ? text : text.replace(new RegExp(`(^|:)${longest}(:|$)`), '::');
}

/** An IPv4 CIDR as numbers. @returns undefined when it is not one, or has bits set past its length */
export function tryParseV4(cidr: string): { readonly base: number; readonly bits: number } | undefined {
  const [, address = '', length] = /^(.*)\/(\d{1,2})$/.exec(cidr) ?? [];
  const [base, bits] = [parseV4(address), Number(length)];
  return base !== undefined && bits <= 32 && base % 2 ** (32 - bits) === 0 ? { base, bits } : undefined;
}

/** The same. @throws {RangeError} when it is none */
export function prefixV4(cidr: string): { readonly base: number; readonly bits: number } {
  const parsed = tryParseV4(cidr);
  if (parsed === undefined) throw new RangeError(`'${cidr}' is not an IPv4 prefix`);
  return parsed;
}

/** Whether two IPv4 CIDRs share an address. */
export function overlaps(one: string, other: string): boolean {
  const [a, b] = [prefixV4(one), prefixV4(other)];
  return a.base < b.base + 2 ** (32 - b.bits) && b.base < a.base + 2 ** (32 - a.bits);
}

/** The address so many after an IPv4 prefix's first. */
export const addressAt = (cidr: string, offset: number): string => formatV4(prefixV4(cidr).base + offset);

/** An address as URLs and listeners write it before a port: IPv6 in brackets. */
export const beforePort = (address: string): string => (address.includes(':') ? `[${address}]` : address);
