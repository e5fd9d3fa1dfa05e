/** What an operator orders: issue, renew, revoke. */

import { wrongInput } from '../../city/problem.js';
import { isDue, isRevoked, maintain, maintainLists, makeIntermediateOf } from './authorities.js';
import type { Identity } from './identity.js';
import { identityIn, issueLeaf, lastOf } from './leaves.js';
import type { Pki } from './pki.js';
import type { Issued } from './register.js';
import { openRoot } from './root-key.js';
import type { Reason } from './x509.js';

/** Identities, as `pgbackrest/s1-database1` or `s1`, that got a certificate. */
type Made = readonly string[];

/** Makes the next certificate of each identity, and of a revoked one, too. The one before stays what it was. */
export async function issue(pki: Pki, identities: readonly string[], inCity: (identity: string) => Promise<Identity>): Promise<Made> {
  for (const name of identities) {
    const last = lastOf(pki.register, name);
    await issueLeaf(pki, last === undefined ? await inCity(name) : identityIn(last));
  }
  return identities;
}

/**
 * Makes the next certificates of the identities that are named; with none named, of all that are due, or simply of all.
 *
 * @throws {InputError} when one was never issued, or is revoked
 */
export async function renew(pki: Pki, identities: readonly string[], all: boolean): Promise<Made> {
  await maintain(pki, issuersIn(pki));
  const named = identities.map(name => renewable(pki, name));
  const due = identities.length > 0 ? named : currentOf(pki).filter(each => all || isDue(each, pki.now()));
  for (const entry of due) await (entry.kind === 'leaf' ? issueLeaf(pki, identityIn(entry)) : makeIntermediateOf(pki, entry.identity));
  await maintainLists(pki);
  return due.map(({ identity }) => identity);
}

/** Last leaves that are not revoked. */
const currentOf = ({ register }: Pki): readonly Issued[] =>
  [...new Map(register.issued.filter(({ kind }) => kind === 'leaf').map(each => [each.identity, each])).values()].filter(
    ({ serial }) => !isRevoked(register, serial),
  );

const issuersIn = ({ register }: Pki): readonly string[] => [
  ...new Set(register.issued.filter(({ kind }) => kind === 'intermediate').map(({ identity }) => identity)),
];

function renewable(pki: Pki, name: string): Issued {
  const last = pki.register.issued.findLast(({ kind, identity }) => kind !== 'root' && identity === name);
  if (last === undefined) throw unknown(name);
  if (last.kind === 'leaf' && isRevoked(pki.register, last.serial))
    throw wrongInput('pki', name, 'is revoked, and a revoked identity is not renewed', `make another on purpose: citydc pki issue ${name}`);
  return last;
}

const unknown = (name: string) =>
  wrongInput(
    'pki',
    name,
    'was never issued here',
    'see what was: citydc pki list; a host that is new: citydc pki issue USE/HOST, or citydc up',
  );

/**
 * Revokes all valid certificates of an identity, or the one of a serial number. Those of a site's intermediate need the root's private key,
 * and the site gets another at once.
 *
 * @returns serial numbers
 */
export async function revoke(pki: Pki, what: string, reason: Reason): Promise<readonly string[]> {
  const found = revocable(pki, what);
  const sites = [...new Set(found.filter(({ kind }) => kind === 'intermediate').map(({ identity }) => identity))];
  if (sites.length > 0) await openRoot(pki.at, pki.access, `revoke the intermediate of ${sites.join(', ')}`);
  const at = pki.now().toISOString();
  for (const { serial } of found) await pki.register.add({ what: 'revoked', serial, at, reason });
  for (const site of sites) await makeIntermediateOf(pki, site);
  await maintainLists(pki);
  return found.map(({ serial }) => serial);
}

function revocable({ register, now }: Pki, what: string): readonly Issued[] {
  const named = register.issued.filter(({ identity, serial }) => identity === what || serial === what.toLowerCase());
  if (named.length === 0) throw unknown(what);
  if (named.some(({ kind }) => kind === 'root'))
    throw wrongInput(
      'pki',
      what,
      'is the root, which no list can revoke',
      'found another, and give it to all hosts: citydc pki init --replace, then citydc up',
    );
  const open = named.filter(each => !isRevoked(register, each.serial) && Date.parse(each.to) > now().getTime());
  if (open.length > 0) return open;
  throw wrongInput('pki', what, 'has no valid certificate that is not revoked already', 'see: citydc pki list');
}
