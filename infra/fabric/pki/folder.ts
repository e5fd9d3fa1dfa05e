/** Where a pki keeps what, below the folder of a city's secrets. */

import { join } from 'node:path';

export interface PkiFolder {
  readonly folder: string;
  readonly register: string;
  /** The root's certificate. */
  readonly root: string;
  /** Says in which folder the root's private key is expected. */
  readonly place: string;
  /** Where a root's private key is until it is taken offline. */
  readonly ownRoot: string;
  /** Key and certificate in one file: it is replaced in one step, and no crash parts them. */
  intermediate(site: string, serial: string): string;
  /** Key, certificate and its issuer's certificate, in one file. */
  leaf(identity: string): string;
  list(issuer: string): string;
}

/** @param name of a pki that is not in its place yet */
export function pkiFolder(secrets: string, name = 'pki'): PkiFolder {
  const folder = join(secrets, name);
  return {
    folder,
    register: join(folder, 'register.jsonl'),
    root: join(folder, 'root.pem'),
    place: join(folder, 'place.json'),
    ownRoot: join(folder, 'root'),
    intermediate: (site, serial) => join(folder, 'intermediates', `${site}-${serial}.pem`),
    leaf: identity => join(folder, 'leaves', `${identity.replace('/', '-')}.pem`),
    list: issuer => join(folder, 'lists', `${issuer}.pem`),
  };
}

/** The root's private key in its folder. */
export const rootKeyPath = (folder: string): string => join(folder, 'root-key.pem');
