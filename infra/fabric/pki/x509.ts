/** Certificates and revocation lists, made by the library. P-256 throughout: every program of the city takes it. */

import { createPrivateKey, randomBytes, webcrypto } from 'node:crypto';
import type { USES } from './uses.js';

/** A certificate with its private key, both in PEM. */
export interface Pair {
  readonly certificate: string;
  readonly key: string;
}

/** What every certificate has. */
interface Basics {
  /** Hexadecimal, see {@link newSerial}. */
  readonly serial: string;
  /** The common name. */
  readonly name: string;
  readonly from: Date;
  readonly to: Date;
}

/** What a leaf has beside. */
/** It goes by its alternative names, and has a common name only where a program knows its holder by that: `''` is none. */
export interface LeafOptions extends Basics {
  readonly dns: string;
  readonly addresses: readonly string[];
  readonly uri: string;
  readonly as: (typeof USES)[keyof typeof USES]['as'];
}

const CURVE = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const CRL_NUMBER = '2.5.29.20';

/** 128 random bits after a byte of 1: so every reader prints it with as many digits. */
export const newSerial = (): string => `01${randomBytes(16).toString('hex')}`;

/** A root, which signs intermediates and nothing else. */
export async function makeRoot(basics: Basics): Promise<Pair> {
  const { x509, pem } = await library();
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...common(basics),
    name: subject(basics.name),
    keys,
    signingAlgorithm: CURVE,
    extensions: [
      new x509.BasicConstraintsExtension(true, 1, true),
      await authorityUsage(),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: certificate.toString('pem'), key: await pem(keys.privateKey) };
}

/** An intermediate, which signs leaves and nothing else. */
export async function makeIntermediate(issuer: Pair, basics: Basics): Promise<Pair> {
  const { x509 } = await library();
  return sign(issuer, basics, async () => [new x509.BasicConstraintsExtension(true, 0, true), await authorityUsage()]);
}

/** The certificate of a host in one use. */
export async function makeLeaf(issuer: Pair, options: LeafOptions): Promise<Pair> {
  const { x509 } = await library();
  const { serverAuth, clientAuth } = x509.ExtendedKeyUsage;
  const usages = { server: [serverAuth], client: [clientAuth], both: [serverAuth, clientAuth] }[options.as];
  return sign(issuer, options, async () => [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    new x509.ExtendedKeyUsageExtension(usages),
    new x509.SubjectAlternativeNameExtension(
      [
        { type: 'dns', value: options.dns },
        ...options.addresses.map(value => ({ type: 'ip', value }) as const),
        { type: 'url', value: options.uri },
      ],
      options.name === '',
    ),
  ]);
}

/** An issuer's revocation list, in PEM. */
export async function makeList(
  issuer: Pair,
  { from, to, revoked }: { from: Date; to: Date; revoked: readonly { serial: string; at: Date; reason: Reason }[] },
): Promise<string> {
  const { x509 } = await library();
  const own = new x509.X509Certificate(issuer.certificate);
  const list = await x509.X509CrlGenerator.create({
    issuer: own.subjectName,
    thisUpdate: from,
    nextUpdate: to,
    signingKey: await importKey(issuer.key),
    signingAlgorithm: CURVE,
    entries: revoked.map(({ serial, at, reason }) => ({
      serialNumber: serial,
      revocationDate: at,
      reason: x509.X509CrlReason[reason],
    })),
    extensions: [
      await x509.AuthorityKeyIdentifierExtension.create(await own.publicKey.export()),
      new x509.Extension(CRL_NUMBER, false, derInteger(from.getTime())),
    ],
  });
  return x509.PemConverter.encode(list.rawData, 'X509 CRL');
}

/** Why a certificate is revoked, as RFC 5280 names it; the first where no reason is given: the worst is assumed. */
export const REASONS = [
  'keyCompromise',
  'cACompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'privilegeWithdrawn',
] as const;
export type Reason = (typeof REASONS)[number];

type X509 = typeof import('@peculiar/x509');
type Extension = InstanceType<X509['Extension']>;

async function sign(issuer: Pair, basics: Basics, extensions: () => Promise<readonly Extension[]>): Promise<Pair> {
  const { x509, pem } = await library();
  const keys = await newKeys();
  const own = new x509.X509Certificate(issuer.certificate);
  const certificate = await x509.X509CertificateGenerator.create({
    ...common(basics),
    ...(basics.name === '' ? {} : { subject: subject(basics.name) }),
    issuer: own.subjectName,
    publicKey: keys.publicKey,
    signingKey: await importKey(issuer.key),
    signingAlgorithm: CURVE,
    extensions: [
      ...(await extensions()),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(await own.publicKey.export()),
    ],
  });
  return { certificate: certificate.toString('pem'), key: await pem(keys.privateKey) };
}

const common = ({ serial, from, to }: Basics) => ({ serialNumber: serial, notBefore: from, notAfter: to });
const subject = (name: string) => [{ CN: [name] }];

async function authorityUsage(): Promise<Extension> {
  const { x509 } = await library();
  return new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true);
}

const newKeys = (): Promise<webcrypto.CryptoKeyPair> =>
  webcrypto.subtle.generateKey(CURVE, true, ['sign', 'verify']) as Promise<webcrypto.CryptoKeyPair>;

const importKey = (pem: string): Promise<webcrypto.CryptoKey> =>
  webcrypto.subtle.importKey('pkcs8', createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' }), CURVE, false, ['sign']);

/** Of milliseconds of Unix time: six bytes from 2004 to 6429. */
function derInteger(value: number): Uint8Array<ArrayBuffer> {
  const bytes = Buffer.alloc(8);
  bytes.set([2, 6]);
  bytes.writeUIntBE(value, 2, 6);
  return new Uint8Array(bytes);
}

/** Loaded only when something has to be made. Its dependency injection needs the polyfill first. */
async function library() {
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  const pem = async (key: webcrypto.CryptoKey) => x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
  return { x509, pem };
}
