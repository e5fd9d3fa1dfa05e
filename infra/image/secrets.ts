import { randomBytes, webcrypto } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceDurably } from '../../agents/contract/replace.js';
import { remembered } from '../city/once.js';
import { type SecretName, secretFileName } from '../site/host.js';

/** The secrets of a city, by name. Each is generated once. */
export interface SecretStore {
  /** A password, or a key or certificate in PEM. */
  value(name: SecretName): Promise<string>;
}

const YEARS = 10;
const CURVE = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** The secrets in a folder, each a file of mode 0600. One that is not there is generated; a key and its certificate are made together. */
export function secretStore(folder: string): SecretStore {
  const store: SecretStore = { value: remembered((name: SecretName) => obtain(name)) };
  const obtain = async (name: SecretName): Promise<string> => {
    const path = join(folder, secretFileName(name));
    // The key is stored last: once it is there, the certificate beside it belongs to it.
    if (name.startsWith('certificate:')) await store.value(`key:${name.slice('certificate:'.length)}`);
    else if (!existsSync(path)) await make(name);
    return readFile(path, 'utf8');
  };
  const make = async (name: SecretName): Promise<void> => {
    const [kind = '', rest = ''] = name.split(/:(.*)/s);
    if (kind === 'password') return save(name, randomBytes(24).toString('base64url'));
    if (kind === 'authority') return makeAuthority(rest);
    return makeIdentity(rest);
  };
  const makeAuthority = async (authority: string): Promise<void> => {
    const { pem, certify } = await x509();
    const keys = await newKeys();
    const certificate = await certify.createSelfSigned({
      ...validity(),
      name: `CN=citydc ${authority}`,
      keys,
      signingAlgorithm: CURVE,
      extensions: [new certify.BasicConstraints(true, 0, true)],
    });
    await save(`key:authority-${authority}`, await pem(keys.privateKey));
    await save(`authority:${authority}`, certificate.toString('pem'));
  };
  const makeIdentity = async (identity: string): Promise<void> => {
    const [authority = '', host = ''] = identity.split('/');
    const { pem, certify } = await x509();
    const issuer = certify.read(await store.value(`authority:${authority}`));
    const signingKey = await importKey(await readFile(join(folder, secretFileName(`key:authority-${authority}`)), 'utf8'));
    const keys = await newKeys();
    const certificate = await certify.create({
      ...validity(),
      subject: `CN=${host}`,
      issuer: issuer.subject,
      publicKey: keys.publicKey,
      signingKey,
      signingAlgorithm: CURVE,
      extensions: [new certify.AlternativeName([{ type: 'dns', value: host }])],
    });
    // The certificate first: the next run takes a pair for complete when its key is there.
    await save(`certificate:${identity}`, certificate.toString('pem'));
    await save(`key:${identity}`, await pem(keys.privateKey));
  };
  const save = async (name: SecretName, value: string): Promise<void> => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await replaceDurably(join(folder, secretFileName(name)), value, 0o600);
  };
  return store;
}

const newKeys = (): Promise<CryptoKeyPair> => webcrypto.subtle.generateKey(CURVE, true, ['sign', 'verify']) as Promise<CryptoKeyPair>;
type CryptoKeyPair = webcrypto.CryptoKeyPair;

function validity(): { notBefore: Date; notAfter: Date } {
  const notBefore = new Date(Date.now() - 3_600_000);
  const notAfter = new Date(notBefore);
  notAfter.setFullYear(notAfter.getFullYear() + YEARS);
  return { notBefore, notAfter };
}

/** Loaded only when a certificate has to be made. Its dependency injection needs the polyfill first. */
async function x509() {
  await import('reflect-metadata');
  const lib = await import('@peculiar/x509');
  return {
    pem: async (key: webcrypto.CryptoKey) => lib.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY'),
    certify: {
      createSelfSigned: lib.X509CertificateGenerator.createSelfSigned.bind(lib.X509CertificateGenerator),
      create: lib.X509CertificateGenerator.create.bind(lib.X509CertificateGenerator),
      read: (text: string) => new lib.X509Certificate(text),
      BasicConstraints: lib.BasicConstraintsExtension,
      AlternativeName: lib.SubjectAlternativeNameExtension,
    },
  };
}

async function importKey(text: string): Promise<webcrypto.CryptoKey> {
  const { PemConverter } = await import('@peculiar/x509');
  return webcrypto.subtle.importKey('pkcs8', PemConverter.decodeFirst(text), CURVE, true, ['sign']);
}
