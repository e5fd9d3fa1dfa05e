import { readFileSync } from 'node:fs';
import { INVENTORY_FILES, type InventoryFile, type InventoryFiles } from '../../infra/city/load/files.js';

/** One change of one file of the base city. */
type Change = { readonly file: InventoryFile } & (
  | { readonly replace: string; readonly with: string }
  | { readonly append: string }
  | { readonly content: string }
  | { readonly repeat: string; readonly times: number }
  | { readonly encoding: 'latin1' | 'utf16le' }
  | { readonly remove: true }
);

/** The small good city of test/errors/base, with changes. @throws when a change does not apply: it would test nothing */
export function patched(changes: readonly Change[]): InventoryFiles {
  const contents: Partial<Record<InventoryFile, Buffer>> = {};
  for (const name of INVENTORY_FILES) contents[name] = readFileSync(new URL(`../errors/base/${name}`, import.meta.url));
  for (const change of changes) {
    const now = apply(change, contents[change.file]?.toString() ?? '');
    if (now === undefined) delete contents[change.file];
    else contents[change.file] = now;
  }
  return { folder: '', contents };
}

function apply(change: Change, text: string): Buffer | undefined {
  if ('remove' in change) return undefined;
  if ('encoding' in change) return Buffer.from(text, change.encoding);
  if ('content' in change) return Buffer.from(change.content);
  if ('append' in change) return Buffer.from(text + change.append);
  if ('repeat' in change) return Buffer.alloc(change.repeat.length * change.times, change.repeat);
  if (text.split(change.replace).length !== 2) throw new Error(`'${change.replace}' is not found exactly once in ${change.file}`);
  return Buffer.from(text.replace(change.replace, () => change.with));
}
