/** How a program of a host proves who it is, and whom it believes: names and paths; the store of secrets makes what is in them. */

import { type HostSecret, type SecretName, secretFile } from './host.js';

/** What an identity is used for; the store decides by it what a certificate may be used for. */
export type IdentityUse = 'database' | 'edge' | 'etcd' | 'monitor' | 'pgbackrest' | 'router' | 'ward';

/** Paths inside the host. */
export interface IdentityPaths {
  /** The certificate that every other one of the city is held against. */
  readonly authority: string;
  /** The host's own, then its issuer's. */
  readonly certificate: string;
  readonly key: string;
}

/** The identity of a host for a use: its names are permanent, as the host's. */
export const identityOf = (use: IdentityUse, host: string): IdentityPaths => {
  const { authority, certificate, key } = namesOf(use, host);
  return { authority: secretFile(authority), certificate: secretFile(certificate), key: secretFile(key) };
};

/**
 * What a program lists among its secrets to have it.
 *
 * @param owner who reads it, by name inside the image
 * @param onChange what a renewed one asks of the program
 * @param authorityChange what another root asks of it
 */
export const identitySecrets = (
  use: IdentityUse,
  host: string,
  owner: string,
  onChange: HostSecret['onChange'],
  authorityChange = onChange,
): readonly Omit<HostSecret, 'program'>[] => {
  const { authority, certificate, key } = namesOf(use, host);
  return [{ name: authority, owner, onChange: authorityChange }, ...[certificate, key].map(name => ({ name, owner, onChange }))];
};

/** The lists of all that is revoked: for a program that reads them, beside its identity. */
export const revokedOf = (use: IdentityUse): SecretName => `revoked:${use}`;

const namesOf = (use: IdentityUse, host: string): Readonly<Record<'authority' | 'certificate' | 'key', SecretName>> => ({
  authority: `authority:${use}`,
  certificate: `certificate:${use}/${host}`,
  key: `key:${use}/${host}`,
});

/** A file with which curl proves the same: `curl --config FILE URL`. */
export const curlFile = ({ authority, certificate, key }: IdentityPaths): string =>
  [`cacert = "${authority}"`, `cert = "${certificate}"`, `key = "${key}"`, ''].join('\n');
