/** Certificates of hosts: made, looked at before they are given out, renewed. */

import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { WorldError } from '../../city/problem.js';
import { DAYS, intermediateCertificate, isDue, isRevoked, issuerOfSite, pairIn, save, textOf, validity } from './authorities.js';
import { type Identity, identityName, urnOf } from './identity.js';
import type { Pki } from './pki.js';
import type { Issued, Register } from './register.js';
import { USES, useNamed } from './uses.js';
import { makeLeaf, newSerial, type Pair } from './x509.js';

/** The last certificate of an identity. */
export const lastOf = ({ issued }: Register, identity: string): Issued | undefined =>
  issued.findLast(each => each.kind === 'leaf' && each.identity === identity);

/** Issues a certificate. Entered first and stored then: the register knows of everything that exists. */
export async function issueLeaf(pki: Pki, identity: Identity): Promise<Pair> {
  const { register, at, now } = pki;
  const issuer = await issuerOfSite(pki, identity.issuer);
  const [serial, valid] = [newSerial(), validity(now(), DAYS.leaf, issuer.entry.to)];
  const name = nameFor(register, identity);
  const { addresses, number } = identity;
  const leaf = await makeLeaf(issuer.pair, {
    ...{ serial, addresses, ...valid },
    // etcd refuses clients of its HTTP interface that have one, and Patroni is such a client.
    name: USES[identity.use].revokedBy === 'name' ? name : '',
    dns: identity.name,
    uri: urnOf(register.city, identity),
    as: USES[identity.use].as,
  });
  const pair = { key: leaf.key, certificate: `${leaf.certificate.trimEnd()}\n${issuer.pair.certificate}` };
  await register.add({
    ...{ what: 'issued', kind: 'leaf', serial, name, number, issuer: issuer.entry.serial },
    identity: identityName(identity),
    addresses: [...addresses],
    site: identity.issuer,
    from: valid.from.toISOString(),
    to: valid.to.toISOString(),
  });
  const text = textOf(pair);
  await save(at.leaf(identityName(identity)), text);
  return pairIn(text);
}

/** The common name: the host's, and after a revocation another where programs know the revoked by it. */
function nameFor(register: Register, identity: Identity): string {
  if (USES[identity.use].revokedBy === 'list') return identity.name;
  const burnt = new Set(
    register.issued.filter(each => each.identity === identityName(identity) && isRevoked(register, each.serial)).map(({ name }) => name),
  );
  for (let count = 1; ; count++) {
    const name = count === 1 ? identity.name : `${identity.name}.${count}`;
    if (!burnt.has(name)) return name;
  }
}

/** What an identity's entry in the register says of it: enough to issue its next certificate. */
export function identityIn({ identity, number, addresses, site }: Issued): Identity {
  const [use = '', name = ''] = identity.split('/');
  if (number === undefined || addresses === undefined || site === undefined) throw new Error(`${identity} is no entry of a leaf`);
  return { use: useNamed(use), name, number, addresses, issuer: site };
}

/**
 * The certificate and key of an identity, ready to be given to its host: issued where there is none, renewed where that is due. A revoked
 * one stays what it is: `pki issue` makes another.
 *
 * @throws {WorldError} when what is stored is not what this city has issued to that host: it is not replaced without an order
 */
export async function currentLeaf(pki: Pki, identity: Identity): Promise<Pair> {
  const path = pki.at.leaf(identityName(identity));
  const last = lastOf(pki.register, identityName(identity));
  if (!existsSync(path)) {
    if (last !== undefined && isRevoked(pki.register, last.serial)) throw revokedAndGone(path, identity);
    if (last !== undefined) pki.note(`${path} was gone: ${identityName(identity)} has a new certificate`);
    return issueLeaf(pki, identity);
  }
  const pair = pairIn(await readFile(path, 'utf8'));
  const flaw = await flawOf(pki, identity, pair);
  if (flaw === undefined) return pair;
  if (!flaw.replaced)
    throw new WorldError(`${path} ${flaw.is}`, { hint: flaw.hint ?? `make another: citydc pki issue ${identityName(identity)}` });
  if (flaw.is === REVOKED) {
    pki.note(`${identityName(identity)} is revoked, its peers refuse it; make another: citydc pki issue ${identityName(identity)}`);
    return pair;
  }
  pki.note(`${identityName(identity)} ${flaw.is}: renewed`);
  return issueLeaf(pki, identity);
}

const revokedAndGone = (path: string, identity: Identity): WorldError =>
  new WorldError(`${identityName(identity)} is revoked, and ${path} is gone`, {
    hint: `make another: citydc pki issue ${identityName(identity)}`,
  });

/** What is wrong with a stored certificate. */
interface Flaw {
  readonly is: string;
  /** Whether that is in the course of things. */
  readonly replaced: boolean;
  readonly hint?: string;
}

const REVOKED = 'is revoked';
const wrong = (is: string, hint?: string): Flaw => ({ is, replaced: false, ...(hint === undefined ? {} : { hint }) });
const ordinary = (is: string): Flaw => ({ is, replaced: true });

async function flawOf(pki: Pki, identity: Identity, pair: Pair): Promise<Flaw | undefined> {
  const { register } = pki;
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pair.certificate);
    if (!certificate.checkPrivateKey(createPrivateKey(pair.key))) return wrong("has a key that is not its certificate's");
  } catch {
    return wrong('does not hold a private key and a certificate');
  }
  const entry = register.issued.find(({ serial }) => serial === certificate.serialNumber.toLowerCase());
  const issuer = entry && (await intermediateCertificate(pki, entry.issuer));
  if (entry === undefined || (issuer !== undefined && !isBy(certificate, issuer)))
    return wrong(`was not issued by this city's authorities but by '${oneLine(certificate.issuer)}'`);
  return mismatch(identity, certificate) ?? timeFlaw(pki, entry) ?? courseFlaw(pki, identity, entry);
}

const isBy = (certificate: X509Certificate, issuer: X509Certificate): boolean =>
  certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
const oneLine = (name: string): string => name.replaceAll('\n', ', ');

const EKU = { server: ['1.3.6.1.5.5.7.3.1'], client: ['1.3.6.1.5.5.7.3.2'], both: ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'] } as const;

function mismatch({ name, use }: Identity, certificate: X509Certificate): Flaw | undefined {
  if (certificate.checkHost(name, { subject: 'never' }) === undefined)
    return wrong(`is the certificate of another host: '${oneLine(certificate.subject)}' (${certificate.subjectAltName})`);
  const [has, needs] = [[...(certificate.keyUsage ?? [])].toSorted().join(), EKU[USES[use].as].join()];
  return has === needs ? undefined : wrong(`is for another use: it has ${has || 'no usage'}, ${use} needs ${needs}`);
}

function timeFlaw({ now }: Pki, { from, to }: Issued): Flaw | undefined {
  const time = now().getTime();
  if (time < Date.parse(from))
    return wrong(
      `is not valid before ${from}, and this machine's clock says ${now().toISOString()}`,
      'set the clock (timedatectl), then run the command again',
    );
  return time >= Date.parse(to) ? ordinary(`has expired on ${to.slice(0, 10)}`) : undefined;
}

function courseFlaw({ register, now }: Pki, { addresses, number }: Identity, entry: Issued): Flaw | undefined {
  if (isRevoked(register, entry.serial)) return ordinary(REVOKED);
  if (isRevoked(register, entry.issuer)) return ordinary('is of a revoked intermediate');
  if (isDue(entry, now())) return ordinary('is due');
  const same = entry.number === number && addresses.join() === entry.addresses?.join();
  return same ? undefined : ordinary('has other addresses now');
}

/** Lines for programs that know the revoked by name: hosts whose certificates have another name than theirs, and `-` while revoked. */
export function namesOf({ register }: Pki, use: string): string {
  const identities = new Set(register.issued.filter(each => each.identity.startsWith(`${use}/`)).map(({ identity }) => identity));
  return [...identities]
    .toSorted()
    .flatMap(identity => {
      const last = lastOf(register, identity) as Issued;
      const host = identity.slice(use.length + 1);
      if (isRevoked(register, last.serial) || isRevoked(register, last.issuer)) return [`${host} -\n`];
      return last.name === host ? [] : [`${host} ${last.name}\n`];
    })
    .join('');
}
