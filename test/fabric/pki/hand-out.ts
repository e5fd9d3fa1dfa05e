/** A city's secrets in a folder of the test's own, at a time of the test's own. */

import { join } from 'node:path';
import { type HandOut, handOut } from '../../../infra/fabric/pki/handed-out.js';
import { type IdentifiedCity, identitiesOf } from '../../../infra/fabric/pki/identity.js';
import { openPki, type Pki, type PkiOptions } from '../../../infra/fabric/pki/pki.js';
import { topologyOf } from '../../../infra/site/topology.js';
import { toyCity } from '../../city/toy.js';
import { temporaryFolder } from '../../temporary-folder.js';

export const toy: IdentifiedCity = identitiesOf(topologyOf(toyCity()));
export const FOUNDED = new Date('2026-12-01T00:00:00Z');
export const DAY_MS = 86_400_000;
/** So many days after the founding. */
export const onDay = (days: number): Date => new Date(FOUNDED.getTime() + days * DAY_MS);

export interface Room {
  readonly secrets: string;
  /** A file of the pki. */
  path(...parts: readonly string[]): string;
  /** Everything that the operator was shown. */
  readonly notes: string[];
  options(at?: Date, access?: Partial<PkiOptions['access']>): PkiOptions;
  /** As an `up` of that time does. */
  upAt(at?: Date): HandOut;
  open(at?: Date): Promise<Pki>;
}

export function room(): Room {
  const secrets = join(temporaryFolder(), 'secrets');
  const notes: string[] = [];
  const options: Room['options'] = (at = FOUNDED, access = {}) => ({
    secrets,
    now: () => at,
    access: { root: undefined, passphrase: undefined, ...access },
    note: text => void notes.push(text),
  });
  return {
    secrets,
    notes,
    path: (...parts) => join(secrets, 'pki', ...parts),
    options,
    upAt: at => handOut(options(at), toy),
    open: at => openPki(options(at)),
  };
}
