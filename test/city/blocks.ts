import { isIPv6 } from 'node:net';
import type { Address, Prefix } from '../../infra/city/addresses.js';

/** A run of addresses as whole numbers, the last one included. */
export interface Block {
  readonly first: bigint;
  readonly last: bigint;
}

/** Both families of a prefix, or of a single address. */
export const blocksOf = ({ v4, v6 }: Address | Prefix): { readonly v4: Block; readonly v6: Block } => ({
  v4: block(v4, parseV4, 32),
  v6: block(v6, parseV6, 128),
});

export const contains = (outer: Block, inner: Block): boolean => outer.first <= inner.first && inner.last <= outer.last;

/** Pairs of neighbours that share an address, in order of the first one's start. */
export function overlapping(blocks: readonly Block[]): readonly (readonly [Block, Block])[] {
  const sorted = blocks.toSorted((a, b) => (a.first < b.first ? -1 : 1));
  return sorted.slice(1).flatMap((next, index) => {
    const before = sorted[index];
    return before !== undefined && before.last >= next.first ? [[before, next] as const] : [];
  });
}

function block(text: string, parse: (address: string) => bigint, width: number): Block {
  const [address = '', bits = String(width)] = text.split('/');
  const size = 1n << BigInt(width - Number(bits));
  const first = parse(address);
  if (first % size !== 0n) throw new Error(`${text} has bits set past its length`);
  return { first, last: first + size - 1n };
}

const parseV4 = (address: string): bigint => address.split('.').reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);

function parseV6(address: string): bigint {
  if (!isIPv6(address)) throw new Error(`${address} is not an IPv6 address`);
  const [head = '', tail] = address.split('::');
  const [before, after] = [groups(head), groups(tail ?? '')];
  const zeros = Array<string>(8 - before.length - after.length).fill('0');
  return [...before, ...(tail === undefined ? [] : zeros), ...after].reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n);
}

const groups = (text: string): readonly string[] => (text === '' ? [] : text.split(':'));
