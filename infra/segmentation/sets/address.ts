/** Addresses as points. */

import type { Family } from '../../city/addresses.js';
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

function parseV4(text: string): number | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every(part => /^\d{1,3}$/.test(part) && Number(part) < 256)) return undefined;
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0);
}

function parseV6(text: string): bigint | undefined {
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

/** A point as an address, as one writes it. */
export function addressName(at: Point): string {
  if (typeof at === 'number') return [24, 16, 8, 0].map(shift => Math.floor(at / 2 ** shift) % 256).join('.');
  const groups = Array.from({ length: 8 }, (_, index) => ((at >> BigInt(112 - 16 * index)) & 0xffffn).toString(16));
  const zeros = /(?:^|:)0(?::0)+(?:$|:)/g;
  const longest = [...groups.join(':').matchAll(zeros)].map(([run]) => run).toSorted((a, b) => b.length - a.length)[0];
  return longest === undefined ? groups.join(':') : groups.join(':').replace(longest, '::');
}
