/** What a stand-in keeps of what it made, in the form of terraform's own state as far as anybody reads it. */

import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Attributes, Wanted } from './configuration.js';

/** A resource that was made. */
export interface Made {
  readonly address: string;
  readonly socket: string;
  readonly attributes: Attributes;
  readonly digest: string;
  readonly after: readonly string[];
}

interface Written {
  readonly resources: readonly {
    readonly mode: 'managed';
    readonly type: string;
    readonly name: string;
    readonly instances: readonly [Omit<Made, 'address'>];
  }[];
}

/** The resources that a state file names; none where there is no file. */
export function readState(path: string): Map<string, Made> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return new Map();
  }
  const { resources } = JSON.parse(text) as Written;
  return new Map(
    resources.map(({ type, name, instances: [made] }) => [`${type}.${name}`, { ...made, address: `${type}.${name}` }] as const),
  );
}

/** Written anew as a whole: a run that is killed leaves the one before. */
export function writeState(path: string, made: ReadonlyMap<string, Made>): void {
  const resources = [...made.values()].map(({ address, ...instance }) => {
    const [type = '', name = ''] = address.split('.');
    return { mode: 'managed' as const, type, name, instances: [instance] as const };
  });
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, JSON.stringify({ version: 4, resources } satisfies Written & { version: number }));
  renameSync(`${path}.new`, path);
}

export const madeOf = ({ address, socket, attributes, digest, after }: Wanted): Made => ({ address, socket, attributes, digest, after });
