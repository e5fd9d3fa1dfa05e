/** The root's private key: in a folder of its own, which may be carried away; with a passphrase where the operator gives one. */

import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import * as z from 'zod';
import { replaceDurably } from '../../../agents/contract/replace.js';
import { readJson } from '../../city/json.js';
import { WorldError } from '../../city/problem.js';
import { type PkiFolder, rootKeyPath } from './folder.js';
import type { Pair } from './x509.js';

const place = z.object({ schema: z.literal(1), root: z.string() });

/** What opens the root's private key. */
export interface RootAccess {
  /** A folder other than the recorded one. */
  readonly root: string | undefined;
  readonly passphrase: string | undefined;
}

/** The folder in which the root's private key is expected. */
export async function rootPlace(at: PkiFolder): Promise<string> {
  if (!existsSync(at.place)) return at.ownRoot;
  return readJson(place, await readFile(at.place, 'utf8'), at.place, 'remove the file, and name the folder: --root FOLDER').root;
}

/** Whether the root's private key is where it is expected. */
export const hasRootKey = async (at: PkiFolder, { root }: Pick<RootAccess, 'root'>): Promise<boolean> =>
  existsSync(rootKeyPath(root ?? (await rootPlace(at))));

/**
 * The root as an issuer.
 *
 * @param doing what it is needed for, as `make the intermediate of s3`
 * @throws {WorldError} when its private key is not there, does not open, or is another root's
 */
export async function openRoot(at: PkiFolder, access: RootAccess, doing: string): Promise<Pair> {
  const path = rootKeyPath(access.root ?? (await rootPlace(at)));
  if (!existsSync(path))
    throw new WorldError(`the root's private key is needed to ${doing}, and ${path} is not there`, {
      hint: 'put it there (mount what you keep it on), or name its folder: --root FOLDER; if it is lost: `citydc pki init --replace`',
    });
  const key = opened(path, await readFile(path, 'utf8'), access.passphrase);
  const certificate = await readFile(at.root, 'utf8');
  if (!new X509Certificate(certificate).checkPrivateKey(key))
    throw new WorldError(`${path} is the private key of another root than ${at.root}`, { hint: 'name the right folder: --root FOLDER' });
  return { certificate, key: key.export({ type: 'pkcs8', format: 'pem' }) as string };
}

function opened(path: string, text: string, passphrase: string | undefined): KeyObject {
  const encrypted = text.includes('ENCRYPTED');
  if (encrypted && passphrase === undefined)
    throw new WorldError(`${path} needs its passphrase`, {
      hint: 'write it to a file of mode 0600, and name it in CITYDC_ROOT_PASSPHRASE_FILE',
    });
  try {
    return createPrivateKey({ key: text, ...(encrypted ? { passphrase } : {}) });
  } catch (cause) {
    throw new WorldError(`${path} does not open`, {
      cause,
      hint: encrypted ? 'is this the passphrase that it was stored with? see CITYDC_ROOT_PASSPHRASE_FILE' : 'put it back from your copy',
    });
  }
}

/** Stores the root's private key in a folder, and remembers which. @throws {WorldError} when another root's is there */
export async function storeRootKey(at: PkiFolder, { key, certificate }: Pair, access: RootAccess): Promise<string> {
  const folder = resolve(access.root ?? at.ownRoot);
  await refuseOther(folder, certificate);
  await writeKey(folder, key, access.passphrase);
  await replaceDurably(`${folder}/root.pem`, certificate, 0o644);
  if (access.root !== undefined) await replaceDurably(at.place, `${JSON.stringify({ schema: 1, root: folder })}\n`, 0o600);
  return folder;
}

/** Puts the root's private key into another folder, and removes it where it was. */
export async function moveRootKey(at: PkiFolder, access: RootAccess & { readonly root: string }): Promise<{ from: string; to: string }> {
  const from = await rootPlace(at);
  const pair = await openRoot(at, { ...access, root: undefined }, `store it in ${access.root}`);
  const to = await storeRootKey(at, pair, access);
  await openRoot(at, { ...access, root: to }, 'see whether it was stored');
  if (from !== to) await rm(rootKeyPath(from));
  return { from, to };
}

async function refuseOther(folder: string, certificate: string): Promise<void> {
  const there = await readFile(`${folder}/root.pem`, 'utf8').catch(() => undefined);
  if (existsSync(rootKeyPath(folder)) && there !== certificate)
    throw new WorldError(`${folder} has the private key of another root`, { hint: 'name another folder: --root FOLDER' });
}

async function writeKey(folder: string, key: string, passphrase: string | undefined): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const text =
    passphrase === undefined
      ? key
      : (createPrivateKey(key).export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase }) as string);
  await replaceDurably(rootKeyPath(folder), text, 0o600);
}
