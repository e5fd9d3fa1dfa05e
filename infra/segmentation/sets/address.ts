/** Addresses as points. */

import type { Family } from '../../city/addresses.js';
import { formatV4, formatV6, parseV4, parseV6 } from '../../city/ip.js';
import type { Point, Spans } from './spans.js';

/** The addresses of a prefix, or one address, in either family; undefined when the text is neither. */
export function addressSpan(text: string): { readonly family: Family; readonly spans: Spans } | undefined {
  const [address = '', length, more] = text.split('/');
  const family = address.includes(':') ? 'v6' : 'v4';
  const bits = family === 'v4' ? 32 : 128;
  const base = family === 'v4' ? parseV4(address) : parseV6(address);
  const kept = length === undefined ? bits : /^\d{1,3}$/.test(length) ? Number(length) : Number.NaN;
  if (base === undefined || more !== undefined || !(kept <= bits)) return undefined;
  if (typeof base === 'number') {
    const size = 2 ** (32 - kept);
    return { family, spans: [[base - (base % size), base - (base % size) + size]] };
  }
  const size = 1n << BigInt(128 - kept);
  return { family, spans: [[base - (base % size), base - (base % size) + size]] };
}

/** A point as an address, as one writes it. */
export const addressName = (at: Point): string =>
  typeof at === 'number'
    ? formatV4(at)
    : formatV6(Array.from({ length: 8 }, (_, index) => Number((at >> BigInt(112 - 16 * index)) & 0xffffn)));
