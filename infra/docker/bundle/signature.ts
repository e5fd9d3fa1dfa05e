/**
 * Who made a bundle. The signature stands beside its file, and the public key goes to the other machine by another way: what travels in the
 * file proves nothing of it. Ed25519 over every byte, so that openssl, which any Debian has, checks it before a line of the file is run.
 */

import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { replaceDurably } from '../../../agents/contract/replace.js';
import { WorldError, wrongInput } from '../../city/problem.js';

/** The signature of a bundle's file, unless another is named. */
export const signatureOf = (file: string): string => `${file}.sig`;

export interface Signed {
  /** Files: what the other machine needs beside the bundle. */
  readonly signature: string;
  readonly publicKey: string;
  /** SHA-256 of the public key, to be compared by voice. */
  readonly fingerprint: string;
  /** Whether the key was made now. */
  readonly isNew: boolean;
}

/**
 * Signs a bundle's file with the operator's key, which is made at its first use.
 *
 * @param key the private key's file; the public one is beside it
 * @throws {WorldError} when the key cannot be read
 */
export async function signBundle(file: string, key: string): Promise<Signed> {
  const publicKey = `${key}.pub`;
  const isNew = !existsSync(key);
  if (isNew) await makeKey(key);
  const secret = await readKey(key, createPrivateKey, cause => {
    throw new WorldError(`the key that signs bundles cannot be read: ${key}`, {
      cause,
      hint: 'restore it; or move it away: the next bundle makes another, whose public key every receiver needs',
    });
  });
  const signature = signatureOf(file);
  await replaceDurably(signature, sign(null, await readFile(file), secret));
  await replaceDurably(publicKey, pemOf(createPublicKey(secret)));
  return { signature, publicKey, fingerprint: fingerprintOf(createPublicKey(secret)), isNew };
}

async function makeKey(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const { privateKey } = generateKeyPairSync('ed25519');
  await replaceDurably(path, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), 0o600);
}

const pemOf = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString();
const fingerprintOf = (key: KeyObject): string =>
  createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex');

/** What says who made a bundle. */
export interface Proof {
  /** File of the public key. */
  readonly key: string;
  /** File of the signature; undefined: the one beside the bundle. */
  readonly signature?: string | undefined;
}

/**
 * Nothing of the file is used before.
 *
 * @throws {InputError} when key or signature are not there; {WorldError} when they are not of this file
 */
export async function requireSigned(file: string, { key, signature = signatureOf(file) }: Proof): Promise<void> {
  const known = await readKey(key, createPublicKey, cause => {
    throw wrongInput('no-public-key', '--key', `'${key}' is no public key: ${words(cause)}`, KEY_HINT);
  });
  const given = await readFile(signature).catch((cause: unknown) => {
    throw wrongInput('no-signature', '--signature', `'${signature}' cannot be read: ${words(cause)}`, SIGNATURE_HINT);
  });
  if (known.asymmetricKeyType === 'ed25519' && verify(null, await readFile(file), known, given)) return;
  throw new WorldError('the bundle is not what the holder of this key has signed; nothing of it was used', {
    hint: `get the bundle and its .sig once more; if they are the same, ask its maker for the key's fingerprint: here it is ${fingerprintOf(known)}`,
  });
}

const KEY_HINT = "get it from the bundle's maker, by another way than the bundle: 'citydc bundle' names its file";
const SIGNATURE_HINT = "copy it beside the bundle: 'citydc bundle' writes it there, as FILE.sig";
const words = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

async function readKey(path: string, read: (text: Buffer) => KeyObject, failed: (cause: unknown) => never): Promise<KeyObject> {
  try {
    return read(await readFile(path));
  } catch (cause) {
    return failed(cause);
  }
}
