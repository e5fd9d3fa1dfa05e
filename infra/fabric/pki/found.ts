/** A pki's beginning, and what becomes of the one before. */

import { existsSync, readdirSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { WorldError } from '../../city/problem.js';
import { maintain, makeFirst } from './authorities.js';
import { pkiFolder } from './folder.js';
import type { IdentifiedCity } from './identity.js';
import { hasPki, openPki, type Pki, type PkiOptions, requireClock } from './pki.js';
import { rootPlace } from './root-key.js';

/** The pki, founded where there is none; what is due of the authorities is made, where the root's private key is at hand. */
export async function readyPki(options: PkiOptions, city: IdentifiedCity): Promise<Pki> {
  const isNew = !hasPki(options.secrets);
  const pki = isNew ? await foundPki(options, city) : await openPki(options);
  if (isNew) options.note(await foundNote(pki));
  requireClock(pki);
  await maintain(pki, city.issuers);
  return pki;
}

const foundNote = async ({ at }: Pki): Promise<string> =>
  `made the city's certificate authorities; the root's private key is in ${await rootPlace(at)}: take it offline with 'citydc pki init --root FOLDER'`;

/**
 * Makes root, intermediates and revocation lists: in a folder beside, until it is complete. A crash leaves no half of one.
 *
 * @throws {WorldError} over secrets of before there was a pki: running hosts trust their authority
 */
export async function foundPki(options: PkiOptions, city: IdentifiedCity): Promise<Pki> {
  const { secrets } = options;
  refuseFormer(secrets);
  const [beside, at] = [pkiFolder(secrets, 'pki.new'), pkiFolder(secrets)];
  await rm(beside.folder, { recursive: true, force: true });
  await mkdir(beside.folder, { recursive: true, mode: 0o700 });
  const pki = await makeFirst(options, beside, city.city);
  await maintain(pki, city.issuers);
  await rm(at.folder, { recursive: true, force: true });
  await rename(beside.folder, at.folder);
  return openPki(options);
}

function refuseFormer(secrets: string): void {
  const [former] = existsSync(secrets) ? readdirSync(secrets).filter(name => name.startsWith('key-authority-')) : [];
  if (former === undefined) return;
  throw new WorldError(
    `${join(secrets, former)} is of an authority of ten years, from before there was a pki; hosts that run may trust it`,
    {
      hint: '`citydc pki init --replace` puts it aside and makes new authorities; then `citydc up` gives the hosts their new certificates',
    },
  );
}

/** Files of a folder of secrets that belong to certificates. */
const OF_CERTIFICATES = /^(?:pki$|authority-|certificate-|key-|revoked-|names-|expiries-)/;

/** Puts a pki, or secrets of before there was one, aside: nothing is removed. @returns where to; undefined when there was none */
export async function putAside(secrets: string, now: Date): Promise<string | undefined> {
  const goes = existsSync(secrets) ? readdirSync(secrets).filter(name => OF_CERTIFICATES.test(name)) : [];
  if (goes.length === 0) return undefined;
  const aside = join(secrets, `before-${now.toISOString().replace(/[-:]|\.\d+/g, '')}`);
  await mkdir(aside, { recursive: true, mode: 0o700 });
  for (const name of goes) await rename(join(secrets, name), join(aside, name));
  return aside;
}
