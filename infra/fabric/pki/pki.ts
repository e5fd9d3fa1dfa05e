/** An open pki: its folder, its register and its clock. What changes it is done in turn (`turn.ts`). */

import { existsSync, readdirSync } from 'node:fs';
import { WorldError } from '../../city/problem.js';
import { type PkiFolder, pkiFolder } from './folder.js';
import { type Register, readRegister } from './register.js';
import type { RootAccess } from './root-key.js';

/** How a pki is opened. */
export interface PkiOptions {
  /** The folder of a city's secrets. */
  readonly secrets: string;
  /** Wall clock. */
  readonly now: () => Date;
  readonly access: RootAccess;
  /** A line for the operator. */
  readonly note: (text: string) => void;
}

export interface Pki extends PkiOptions {
  readonly at: PkiFolder;
  readonly register: Register;
}

/** The pki in a folder. @throws {WorldError} when there is none, or a part of it is gone */
export async function openPki(options: PkiOptions): Promise<Pki> {
  const at = pkiFolder(options.secrets);
  if (!hasPki(options.secrets))
    throw new WorldError(`there are no certificates in ${options.secrets}`, { hint: 'make the authorities: citydc pki init' });
  const gone = [at.register, at.root].find(path => !existsSync(path));
  if (gone !== undefined)
    throw new WorldError(`${gone} is gone, and other parts of the pki are there`, {
      hint: `put it back from a backup of the secrets${gone === at.root ? ", or from the root's folder" : ''}; if there is none: \`citydc pki init --replace\``,
    });
  return { ...options, at, register: await readRegister(at.register) };
}

/** Whether there is a pki in a folder of secrets, or what is left of one. */
export const hasPki = (secrets: string): boolean => {
  const { folder } = pkiFolder(secrets);
  return existsSync(folder) && readdirSync(folder).length > 0;
};

/** Clocks are set by a few minutes. */
const TOLERANCE_MS = 300_000;

/** @throws {WorldError} when this machine's clock is before what the register has seen: what is made now would be wrong by as much */
export function requireClock({ register, now }: Pki): void {
  const seen = [
    ...register.issued.map(({ from }) => from),
    ...register.listed.map(({ from }) => from),
    ...register.revoked.map(({ at }) => at),
  ];
  const last = Math.max(...seen.map(Date.parse));
  if (now().getTime() + TOLERANCE_MS >= last) return;
  throw new WorldError(
    `this machine's clock says ${now().toISOString()}, and the last certificate is valid from ${new Date(last).toISOString()}`,
    {
      hint: 'set the clock (timedatectl) and run the command again; if it is right, and was wrong then: `citydc pki renew --all`',
    },
  );
}
