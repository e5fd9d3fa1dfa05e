/** What hosts are given of a pki, by the names of secrets. */

import { remembered } from '../../city/once.js';
import type { SecretName } from '../../site/host.js';
import { listsOf, trustOf } from './authorities.js';
import { expiriesText } from './expiries.js';
import { readyPki } from './found.js';
import type { IdentifiedCity, Identity } from './identity.js';
import { currentLeaf, namesOf } from './leaves.js';
import type { PkiOptions } from './pki.js';
import { inTurn } from './turn.js';
import { useNamed } from './uses.js';
import type { Pair } from './x509.js';

/** Another `up` takes seconds to make a city's certificates. */
const WAIT_MS = 60_000;

/** Secrets that are of a pki. */
export const isOfPki = (name: SecretName): boolean => !name.startsWith('password:');

/** When certificates end: what monitors are given. */
const isOfExpiries = (name: SecretName): boolean => name.startsWith('expiries:');

/** The values of secrets, in the order of their names. What is missing or due is made, while no other process changes the pki. */
export type HandOut = (names: readonly SecretName[]) => Promise<readonly string[]>;

/** Hands out of a pki, which is founded when something is first requested. */
export function handOut(options: PkiOptions, city: IdentifiedCity): HandOut {
  // Key and certificate of a host are of one pair, however far apart they are requested.
  const pairs = new Map<string, Pair>();
  return names =>
    inTurn(
      options.secrets,
      'making certificates',
      async () => {
        const pki = await readyPki(options, city);
        const pairOf = async (rest: string): Promise<Pair> => {
          const pair = pairs.get(rest) ?? (await currentLeaf(pki, identityNamed(city, rest)));
          pairs.set(rest, pair);
          return pair;
        };
        const shared = remembered(async (kind: string) => (kind === 'authority' ? trustOf(pki) : listsOf(pki)));
        const secretNamed = async (name: SecretName): Promise<string> => {
          const [kind = '', rest = ''] = name.split(/:(.*)/s);
          if (kind === 'certificate') return (await pairOf(rest)).certificate;
          if (kind === 'key') return (await pairOf(rest)).key;
          return kind === 'names' ? namesOf(pki, useNamed(rest)) : shared(kind);
        };
        const values = new Map<SecretName, string>();
        for (const name of names.filter(each => !isOfExpiries(each))) values.set(name, await secretNamed(name));
        // Last: of what has just been issued, too.
        const expiries = expiriesText(pki.register);
        return names.map(name => (isOfExpiries(name) ? expiries : (values.get(name) ?? '')));
      },
      WAIT_MS,
    );
}

function identityNamed({ hosts, city }: IdentifiedCity, rest: string): Identity {
  const [use = '', name = ''] = rest.split('/');
  const host = hosts.find(each => each.name === name);
  if (host === undefined) throw new Error(`${city} has no host '${name}' to have a certificate`);
  return { use: useNamed(use), ...host };
}
