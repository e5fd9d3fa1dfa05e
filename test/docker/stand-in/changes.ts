/** What differs between what is wanted and what is there, and how that is carried out. */

import pLimit from 'p-limit';
import type { Wanted } from './configuration.js';
import { KINDS, type Kind } from './objects.js';
import { type Made, madeOf } from './state.js';

export interface Change {
  readonly address: string;
  readonly action: 'create' | 'replace' | 'delete';
}

/** Drops what is no more there, no matter who took it away. */
export async function refresh(made: Map<string, Made>): Promise<void> {
  await Promise.all(
    [...made.values()].map(async ({ address, socket, attributes }) => {
      if (!(await kindOf(address).isThere(socket, String(attributes.name), attributes))) made.delete(address);
    }),
  );
}

const kindOf = (address: string): Kind => {
  const kind = KINDS[address.split('.')[0] ?? ''];
  if (kind === undefined) throw new Error(`the stand-in of terraform does not know ${address}`);
  return kind;
};

/** @param targets only these and what they need; all when there are none */
export function changesBetween(wanted: readonly Wanted[], made: ReadonlyMap<string, Made>, targets: readonly string[]): readonly Change[] {
  const byAddress = new Map(wanted.map(each => [each.address, each]));
  const chosen = targets.length === 0 ? undefined : withNeeds(targets, byAddress);
  const changes: Change[] = [];
  for (const { address, digest } of wanted) {
    const before = made.get(address);
    if (before === undefined) changes.push({ address, action: 'create' });
    else if (before.digest !== digest) changes.push({ address, action: 'replace' });
  }
  for (const address of made.keys()) if (!byAddress.has(address)) changes.push({ address, action: 'delete' });
  return chosen === undefined ? changes : changes.filter(({ address }) => chosen.has(address));
}

function withNeeds(targets: readonly string[], wanted: ReadonlyMap<string, Wanted>): ReadonlySet<string> {
  const all = new Set<string>();
  const take = (address: string): void => {
    if (all.has(address)) return;
    all.add(address);
    for (const need of wanted.get(address)?.after ?? []) take(need);
  };
  for (const target of targets) take(target);
  return all;
}

export interface Work {
  readonly folder: string;
  readonly made: Map<string, Made>;
  readonly wanted: readonly Wanted[];
  readonly changes: readonly Change[];
  readonly save: () => void;
  readonly done: () => void;
  readonly isInterrupted: () => boolean;
}

const AT_ONCE = 16;

/** Removes what goes or is replaced, dependents first; then makes what comes, each after what it needs. What has begun is ended. */
export async function carryOut({ folder, made, wanted, changes, save, done, isInterrupted }: Work): Promise<void> {
  const limit = pLimit(AT_ONCE);
  const step = (work: () => Promise<void>) =>
    limit(async () => {
      if (isInterrupted()) throw new Error('execution halted');
      await work();
      save();
      done();
    });
  const goes = changes.filter(({ action }) => action !== 'create').map(({ address }) => made.get(address));
  for (const type of ['docker_container', 'docker_volume', 'docker_network'])
    await all(
      goes
        .filter(each => each?.address.startsWith(`${type}.`))
        .map(each =>
          step(async () => {
            if (each === undefined) return;
            await kindOf(each.address).remove(each.socket, String(each.attributes.name));
            made.delete(each.address);
          }),
        ),
    );
  const comes = new Set(changes.filter(({ action }) => action !== 'delete').map(({ address }) => address));
  const byAddress = new Map(wanted.map(each => [each.address, each]));
  const begun = new Map<string, Promise<void>>();
  const make = (address: string): Promise<void> => {
    const known = begun.get(address);
    if (known !== undefined) return known;
    const each = byAddress.get(address);
    const promise =
      each === undefined || !comes.has(address)
        ? Promise.resolve()
        : Promise.all(each.after.map(make)).then(() =>
            step(async () => {
              await kindOf(address).create(each.socket, each.attributes, folder);
              made.set(address, madeOf(each));
            }).catch(error => {
              throw new AtAddress(address, error);
            }),
          );
    begun.set(address, promise);
    return promise;
  };
  await all([...comes].map(make));
}

/** What failed, and of which resource. */
export class AtAddress extends Error {
  constructor(
    readonly address: string,
    cause: unknown,
  ) {
    super(cause instanceof Error ? cause.message : String(cause));
  }
}

/** Waits for all of them, then throws what failed first. */
async function all(promises: readonly Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(promises)) if (result.status === 'rejected') throw result.reason;
}
