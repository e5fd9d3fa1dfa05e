/** Root, intermediates and their revocation lists. */

import { X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { replaceDurably } from '../../../agents/contract/replace.js';
import { WorldError } from '../../city/problem.js';
import type { Pki, PkiOptions } from './pki.js';
import { foundRegister, type Issued, type Register, readRegister } from './register.js';
import { hasRootKey, openRoot, storeRootKey } from './root-key.js';
import { makeIntermediate, makeList, makeRoot, newSerial, type Pair, type Reason } from './x509.js';

/** How long each is valid, in days. */
export const DAYS = { root: 5 * 365, intermediate: 365, leaf: 90, rootList: 365, list: 90 } as const;
const DAY_MS = 86_400_000;
/** Hosts whose clocks are behind take what was just made. */
const BACKDATED_MS = 3_600_000;

/** From an hour ago; what is issued ends no later than its issuer. */
export function validity(now: Date, days: number, issuerEnds?: string): { from: Date; to: Date } {
  const from = new Date(Math.floor((now.getTime() - BACKDATED_MS) / 1000) * 1000);
  const end = from.getTime() + days * DAY_MS;
  return { from, to: new Date(issuerEnds === undefined ? end : Math.min(end, Date.parse(issuerEnds))) };
}

/** Whether two thirds of a lifetime are over. */
export const isDue = ({ from, to }: { from: string; to: string }, now: Date): boolean =>
  now.getTime() >= Date.parse(from) + ((Date.parse(to) - Date.parse(from)) * 2) / 3;

const hasEnded = ({ to }: { to: string }, now: Date): boolean => now.getTime() >= Date.parse(to);
const iso = ({ from, to }: { from: Date; to: Date }) => ({ from: from.toISOString(), to: to.toISOString() });

/** Makes a root, and the register that begins with it. */
export async function makeFirst(options: PkiOptions, at: Pki['at'], city: string): Promise<Pki> {
  const { now } = options;
  await foundRegister(at.register, city, now());
  const register = await readRegister(at.register);
  const [serial, valid] = [newSerial(), validity(now(), DAYS.root)];
  const name = `citydc ${city} root ${serial.slice(0, 8)}`;
  const root = await makeRoot({ serial, name, ...valid });
  await storeRootKey(at, root, options.access);
  await replaceDurably(at.root, root.certificate, 0o600);
  await register.add({ what: 'issued', serial, kind: 'root', identity: 'root', name, issuer: serial, ...iso(valid) });
  return { ...options, at, register };
}

/** The root's entry in the register. */
function rootOf(register: Register): Issued {
  const root = register.issued.find(({ kind }) => kind === 'root');
  if (root === undefined)
    throw new WorldError('the register has no root', { hint: 'put it back from a backup, or: `citydc pki init --replace`' });
  return root;
}

export const isRevoked = (register: Register, serial: string): boolean => register.revoked.some(each => each.serial === serial);

/** The newest intermediate of a site that is not revoked. */
const newestOf = ({ register }: Pki, site: string): Issued | undefined =>
  register.issued.findLast(({ kind, identity, serial }) => kind === 'intermediate' && identity === site && !isRevoked(register, serial));

/** An issuer and its entry. */
export interface Issuer {
  readonly pair: Pair;
  readonly entry: Issued;
}

/** A site's intermediate. @throws {WorldError} when it is gone, ended or revoked, and the root's private key is not at hand */
export async function issuerOfSite(pki: Pki, site: string): Promise<Issuer> {
  const entry = newestOf(pki, site);
  if (entry === undefined || hasEnded(entry, pki.now())) return makeIntermediateOf(pki, site);
  return { pair: await readIntermediate(pki, entry), entry };
}

async function readIntermediate({ at }: Pki, { identity, serial }: Issued): Promise<Pair> {
  const path = at.intermediate(identity, serial);
  if (!existsSync(path))
    throw new WorldError(`${path} is gone: nothing of ${identity} can be issued or revoked without it`, {
      hint: `put it back from a backup of the secrets; if there is none: \`citydc pki renew ${identity}\` makes another, with the root's private key`,
    });
  return pairIn(await readFile(path, 'utf8'));
}

/** Key and certificates in one text. */
export function pairIn(text: string): Pair {
  const certificate = text.indexOf('-----BEGIN CERTIFICATE');
  return { key: text.slice(0, certificate), certificate: text.slice(certificate) };
}
export const textOf = ({ key, certificate }: Pair): string => `${key.trimEnd()}\n${certificate.trimEnd()}\n`;

/** Makes a site's next intermediate. The one before stays valid for what it has issued. */
export async function makeIntermediateOf(pki: Pki, site: string): Promise<Issuer> {
  const { at, register, now } = pki;
  const root = await openRoot(at, pki.access, `make the intermediate of ${site}`);
  const { serial: issuer, to } = rootOf(register);
  const [serial, valid] = [newSerial(), validity(now(), DAYS.intermediate, to)];
  const name = `citydc ${register.city} ${site} ${serial.slice(0, 8)}`;
  const pair = await makeIntermediate(root, { serial, name, ...valid });
  await save(at.intermediate(site, serial), textOf(pair));
  await register.add({ what: 'issued', serial, kind: 'intermediate', identity: site, name, issuer, ...iso(valid) });
  await signList(pki, { pair, entry: lastIssued(register) }, DAYS.list);
  return { pair, entry: lastIssued(register) };
}

const lastIssued = (register: Register): Issued => register.issued.at(-1) as Issued;

export async function save(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await replaceDurably(path, text, 0o600);
}

/**
 * Makes what is missing or due: intermediates of new sites, intermediates and revocation lists at two thirds of their lifetimes. Where that
 * needs the root's private key, and it is not at hand, the operator is notified in time.
 *
 * @throws {WorldError} when a site has no intermediate at all, and the root's private key is not at hand
 */
export async function maintain(pki: Pki, sites: readonly string[]): Promise<void> {
  for (const site of sites) {
    const entry = newestOf(pki, site);
    if (entry === undefined) await makeIntermediateOf(pki, site);
    else if (isDue(entry, pki.now()))
      await withRoot(pki, `make the next intermediate of ${site} (it ends on ${entry.to.slice(0, 10)})`, () =>
        makeIntermediateOf(pki, site),
      );
  }
  await maintainLists(pki);
}

/** Signs the lists that are missing, due, or do not have all that is revoked. */
export async function maintainLists(pki: Pki): Promise<void> {
  const root = rootOf(pki.register);
  if (needsList(pki, root))
    await withRoot(pki, "sign the root's revocation list", async () =>
      signList(pki, { pair: await openRoot(pki.at, pki.access, 'sign its revocation list'), entry: root }, DAYS.rootList),
    );
  for (const entry of listingOf(pki)) {
    // One that was revoked, or whose file is gone, signs no more; the list that it signed last is kept.
    if (entry.kind !== 'intermediate' || !needsList(pki, entry) || !existsSync(pki.at.intermediate(entry.identity, entry.serial))) continue;
    await signList(pki, { pair: await readIntermediate(pki, entry), entry }, DAYS.list);
  }
}

async function withRoot(pki: Pki, doing: string, work: () => Promise<unknown>): Promise<void> {
  if (await hasRootKey(pki.at, pki.access)) return void (await work());
  pki.note(`the root's private key is needed soon to ${doing}: bring it back, then run 'citydc pki renew'`);
}

/** Everything that signs a list still: the root, and the intermediates that have not ended. */
const listingOf = ({ register, now }: Pki): readonly Issued[] =>
  register.issued.filter(each => each.kind !== 'leaf' && !hasEnded(each, now()));

const revokedBy = (register: Register, issuer: string) =>
  register.issued
    .filter(each => each.issuer === issuer)
    .flatMap(({ serial }) => register.revoked.find(each => each.serial === serial) ?? []);

function needsList({ register, at, now }: Pki, { serial }: Issued): boolean {
  const last = register.listed.findLast(({ issuer }) => issuer === serial);
  return last === undefined || !existsSync(at.list(serial)) || isDue(last, now()) || last.revoked !== revokedBy(register, serial).length;
}

async function signList({ register, at, now }: Pki, { pair, entry }: Issuer, days: number): Promise<void> {
  const valid = validity(now(), days, entry.to);
  const revoked = revokedBy(register, entry.serial);
  const entries = revoked.map(({ serial, at: when, reason }) => ({ serial, at: new Date(when), reason: reason as Reason }));
  await save(at.list(entry.serial), await makeList(pair, { ...valid, revoked: entries }));
  await register.add({ what: 'listed', issuer: entry.serial, revoked: revoked.length, ...iso(valid) });
}

/** The revocation lists of root and intermediates, all of them: OpenSSL wants the whole chain's. */
export async function listsOf(pki: Pki): Promise<string> {
  const paths = listingOf(pki).map(({ serial }) => pki.at.list(serial));
  const texts = await Promise.all(paths.filter(path => existsSync(path)).map(path => readFile(path, 'utf8')));
  return texts.map(text => `${text.trimEnd()}\n`).join('');
}

/** What the city trusts: its root. */
export const trustOf = async ({ at }: Pki): Promise<string> => `${(await readFile(at.root, 'utf8')).trimEnd()}\n`;

/** The certificate of an intermediate; undefined when it is not one of this pki, or its file is gone. */
export async function intermediateCertificate({ at, register }: Pki, serial: string): Promise<X509Certificate | undefined> {
  const entry = register.issued.find(each => each.kind === 'intermediate' && each.serial === serial);
  const path = entry && at.intermediate(entry.identity, serial);
  return path !== undefined && existsSync(path) ? new X509Certificate(pairIn(await readFile(path, 'utf8')).certificate) : undefined;
}
