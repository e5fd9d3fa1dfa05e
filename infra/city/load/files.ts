import { firstHidden } from '../hidden.js';
import type { Problem } from '../problem.js';

/** What an inventory contains nowhere, neither as it is nor in the escapes of YAML. */
export const HIDDEN = {
  rule: 'hidden-character',
  message: (codePoint: string) => `${codePoint} is not seen, and may make another text of it`,
  hint: 'remove it',
} as const;

/** The files of an inventory folder; all are needed, others are ignored. */
export const INVENTORY_FILES = ['city.yaml', 'endpoints.csv', 'links.csv'] as const;
export type InventoryFile = (typeof INVENTORY_FILES)[number];

/** An inventory as bytes, before anything is believed. */
export interface InventoryFiles {
  /** Shown before file names in problems; empty when there is no folder. */
  readonly folder: string;
  readonly contents: Readonly<Partial<Record<InventoryFile, Uint8Array>>>;
}

const MIB = 2 ** 20;
/** A country of 10,600 communes needs about half of these; what is larger is not an inventory. */
export const FILE_LIMITS_BYTES = {
  'city.yaml': MIB,
  'endpoints.csv': 5 * MIB,
  'links.csv': 5 * MIB,
} as const satisfies Record<InventoryFile, number>;

/** A file's text, or the one reason why there is none. */
export type Decoded = { readonly file: string; readonly text: string } | { readonly file: string; readonly problem: Problem };

/**
 * The text of one file: strict UTF-8 without its byte order mark, lines that end with a line feed, letters in their composed form (macOS
 * writes an accent beside its letter; both look the same and must be the same), no-break spaces as spaces.
 */
export function decode({ folder, contents }: InventoryFiles, name: InventoryFile): Decoded {
  const file = folder === '' ? name : `${folder}/${name}`;
  const bytes = contents[name];
  const refuse = (rule: string, message: string, hint: string, line = 1, column = 1): Decoded => ({
    file,
    problem: { rule, path: name, message, hint, at: { file, line, column } },
  });
  if (bytes === undefined) return refuse('missing-file', 'the file is missing', `an inventory is ${INVENTORY_FILES.join(', ')}`);
  if (bytes.length > FILE_LIMITS_BYTES[name])
    return refuse('file-too-large', `the file is larger than ${FILE_LIMITS_BYTES[name] / MIB} MiB`, 'is this the right file?');
  const bad = firstInvalid(bytes);
  if (bad !== undefined)
    return refuse('not-utf-8', 'the file is not UTF-8 here', "save it as UTF-8 (in Excel: 'CSV UTF-8')", bad.line, bad.column);
  const text = new TextDecoder().decode(bytes).replace(/\r\n?/g, '\n').replaceAll('\u00a0', ' ').normalize('NFC');
  const hidden = firstHidden(text);
  if (hidden !== undefined) {
    const { line, column } = positionOf(text, hidden.index);
    return refuse(HIDDEN.rule, HIDDEN.message(hidden.codePoint), HIDDEN.hint, line, column);
  }
  return text.trim() === '' ? refuse('empty-file', 'the file is empty', 'copy the one of a shipped inventory and edit it') : { file, text };
}

function positionOf(text: string, index: number): { line: number; column: number } {
  const before = text.slice(0, index);
  return { line: before.split('\n').length, column: index - before.lastIndexOf('\n') };
}

function firstInvalid(bytes: Uint8Array): { line: number; column: number } | undefined {
  if (isUtf8(bytes)) return undefined;
  let [start, line] = [0, 1];
  for (let end = bytes.indexOf(10); end !== -1 && isUtf8(bytes.subarray(start, end)); end = bytes.indexOf(10, start)) {
    start = end + 1;
    line += 1;
  }
  const end = bytes.indexOf(10, start);
  const shown = new TextDecoder().decode(bytes.subarray(start, end === -1 ? undefined : end));
  return { line, column: shown.indexOf('\uFFFD') + 1 };
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
