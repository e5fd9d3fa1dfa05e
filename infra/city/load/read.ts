import { existsSync, statSync } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InputError, WorldError } from '../problem.js';
import { FILE_LIMITS_BYTES, INVENTORY_FILES, type InventoryFile, type InventoryFiles } from './files.js';
import { wordHint } from './hint.js';

/** The inventory that commands take when none is named. */
export const DEFAULT_INVENTORY = 'can-tho-2022';

/**
 * Reads an inventory's files: of a folder by path, or of a shipped inventory by name when there is no such folder.
 *
 * @throws {InputError} when there is no such folder; {WorldError} when it cannot be read
 */
export async function readInventory(nameOrPath: string): Promise<InventoryFiles> {
  const folder = await findFolder(nameOrPath);
  const contents = await Promise.all(
    INVENTORY_FILES.map(async name => [name, await readOne(join(folder, name), FILE_LIMITS_BYTES[name])] as const),
  );
  const found = contents.filter((entry): entry is readonly [InventoryFile, Uint8Array] => entry[1] !== undefined);
  return { folder: shortest(folder), contents: Object.fromEntries(found) };
}

/** Names of the inventories that come with the program; a bundle comes with its own alone. */
export async function shippedInventories(): Promise<readonly string[]> {
  const names = existsSync(shippedFolder()) ? await readdir(shippedFolder()) : [];
  return names.filter(name => existsSync(join(shippedFolder(), name, 'city.yaml'))).toSorted();
}

/** The outline that comes with an inventory, `city.svg`, as text; undefined when there is none. @throws as `readInventory` */
export async function readOutline(nameOrPath: string): Promise<string | undefined> {
  const bytes = await readOne(join(await findFolder(nameOrPath), 'city.svg'), OUTLINE_LIMIT_BYTES);
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
}
/** That of 103 wards has 60 kB; what is cut off here is refused by who parses it. */
const OUTLINE_LIMIT_BYTES = 5 * 2 ** 20;

/** The folder of an inventory, absolute: one of that path, else a shipped one of that name. @throws {InputError} when there is none */
export async function findFolder(nameOrPath: string): Promise<string> {
  const shippedOne = /^[a-z0-9-]+$/.test(nameOrPath) ? [join(shippedFolder(), nameOrPath)] : [];
  // An operator's own inventory comes first; a folder that only happens to have the name of a shipped one does not.
  const folder = [nameOrPath, ...shippedOne].find(isInventory) ?? [...shippedOne, nameOrPath].find(isFolder);
  if (folder !== undefined) return resolve(folder);
  const shipped = await shippedInventories();
  const hint = wordHint(nameOrPath, shipped).replace(/^allowed/, 'give a folder, or one that is shipped');
  throw new InputError([
    { rule: 'unknown-inventory', path: nameOrPath, message: 'there is no such folder and no shipped inventory of that name', hint },
  ]);
}

const isInventory = (path: string): boolean => INVENTORY_FILES.some(name => existsSync(join(path, name)));
const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

/** The checkout that this program was built in: sources and bundle are at different depths below it. */
export function packageRoot(from = dirname(fileURLToPath(import.meta.url))): string {
  return existsSync(join(from, 'package.json')) || dirname(from) === from ? from : packageRoot(dirname(from));
}

const shippedFolder = (): string => join(packageRoot(), 'infra', 'city', 'inventory');

const shortest = (folder: string): string => {
  const near = relative(process.cwd(), folder);
  return near.length < folder.length ? near : folder;
};

/** One byte past the limit is enough to refuse a file: it is never read whole. */
async function readOne(path: string, limitBytes: number): Promise<Uint8Array | undefined> {
  try {
    const file = await open(path);
    try {
      const buffer = Buffer.alloc(Math.min((await file.stat()).size, limitBytes + 1));
      const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new WorldError(`cannot read ${path}`, { cause, hint: 'check that it is a file and that you may read it' });
  }
}
