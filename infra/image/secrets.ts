import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceDurably } from '../../agents/contract/replace.js';
import { handOut, isOfPki } from '../fabric/pki/handed-out.js';
import type { IdentifiedCity } from '../fabric/pki/identity.js';
import { type Host, type Layout, type SecretName, secretFileName } from '../site/host.js';

/** The secrets of a city, by name. Passwords are generated once; certificates are issued and renewed by the city's pki. */
export interface SecretStore {
  /** A password, or a key or certificates in PEM. The same one for as long as the store is used. */
  value(name: SecretName): Promise<string>;
  /** Has all secrets of hosts ready at once, which is far cheaper than one by one. */
  ready(hosts: readonly Pick<Host, 'secrets'>[]): Promise<void>;
}

/**
 * The secrets in a folder: what each host is given is a file of mode 0600, as Docker's stack names it; the pki is in a folder beside.
 *
 * @param note takes what an operator should know, as that a certificate was renewed
 */
export function secretStore(folder: string, city: IdentifiedCity, note: (text: string) => void): SecretStore {
  const access = { root: undefined, passphrase: undefined };
  const ofPki = handOut({ secrets: folder, now: () => new Date(), access, note }, city);
  const known = new Map<SecretName, Promise<string>>();
  const value = (name: SecretName): Promise<string> => {
    const found = known.get(name) ?? (isOfPki(name) ? ofPki([name]).then(([text = '']) => kept(name, text)) : password(name));
    known.set(name, found);
    return found;
  };
  const password = async (name: SecretName): Promise<string> => {
    const stored = await readFile(join(folder, secretFileName(name)), 'utf8').catch(() => undefined);
    return stored ?? kept(name, randomBytes(24).toString('base64url'));
  };
  const kept = async (name: SecretName, text: string): Promise<string> => {
    const path = join(folder, secretFileName(name));
    await mkdir(folder, { recursive: true, mode: 0o700 });
    if ((await readFile(path, 'utf8').catch(() => undefined)) !== text) await replaceDurably(path, text, 0o600);
    return text;
  };
  const ready = async (hosts: readonly Pick<Host, 'secrets'>[]): Promise<void> => {
    const names = [...new Set(hosts.flatMap(({ secrets }) => secrets.map(({ name }) => name)))];
    const wanted = names.filter(name => isOfPki(name) && !known.has(name));
    if (wanted.length > 0) {
      const values = await ofPki(wanted);
      for (const [index, name] of wanted.entries()) known.set(name, kept(name, values[index] ?? ''));
    }
    await Promise.all(names.map(value));
  };
  return { value, ready };
}

/** A layout whose hosts' secrets have the digests of their values. Those that are missing or due are made. */
export async function withDigests(layout: Layout, store: SecretStore): Promise<Layout> {
  await store.ready(layout.hosts);
  const digested = async (host: Host): Promise<Host> => ({
    ...host,
    secrets: await Promise.all(host.secrets.map(async secret => ({ ...secret, digest: digestOf(await store.value(secret.name)) }))),
  });
  return { ...layout, hosts: await Promise.all(layout.hosts.map(digested)) };
}

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');
