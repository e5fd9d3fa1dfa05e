/** What was issued, as an operator looks at it. Pure. */

import { isDue, isRevoked } from './authorities.js';
import type { Issued, Register } from './register.js';

const DAY_MS = 86_400_000;

export interface Row {
  readonly identity: string;
  readonly kind: Issued['kind'];
  /** Of a leaf. */
  readonly use: string | undefined;
  /** The identity that issued it. */
  readonly issuer: string;
  readonly serial: string;
  readonly from: string;
  readonly to: string;
  readonly expiresInDays: number;
  readonly state: 'valid' | 'due' | 'expired' | 'revoked';
  readonly revoked: { readonly at: string; readonly reason: string } | undefined;
}

/** The last certificate of every identity, and what is revoked and has not expired. */
export function rowsOf(register: Register, now: Date): readonly Row[] {
  const last = new Set(new Map(register.issued.map(({ identity, serial }) => [identity, serial])).values());
  const shown = register.issued.filter(
    ({ serial, to }) => last.has(serial) || (isRevoked(register, serial) && Date.parse(to) > now.getTime()),
  );
  const rank = { root: 0, intermediate: 1, leaf: 2 } as const satisfies Record<Issued['kind'], number>;
  return shown
    .toSorted((a, b) => rank[a.kind] - rank[b.kind] || a.identity.localeCompare(b.identity, 'en', { numeric: true }))
    .map(entry => rowOf(register, entry, now));
}

function rowOf(register: Register, entry: Issued, now: Date): Row {
  const { identity, kind, serial, from, to } = entry;
  const revoked = register.revoked.find(each => each.serial === serial);
  return {
    ...{ identity, kind, serial, from, to },
    use: kind === 'leaf' ? identity.split('/')[0] : undefined,
    issuer: register.issued.find(each => each.serial === entry.issuer)?.identity ?? entry.issuer,
    expiresInDays: Math.floor((Date.parse(to) - now.getTime()) / DAY_MS),
    state: stateOf(entry, revoked !== undefined, now),
    revoked: revoked && { at: revoked.at, reason: revoked.reason },
  };
}

function stateOf(entry: Issued, revoked: boolean, now: Date): Row['state'] {
  if (revoked) return 'revoked';
  if (Date.parse(entry.to) <= now.getTime()) return 'expired';
  return isDue(entry, now) ? 'due' : 'valid';
}
