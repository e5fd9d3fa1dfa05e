import { realpath, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { replaceBy } from '../../agents/contract/replace.js';
import { type InputError, WorldError, wrongInput } from '../city/problem.js';

/**
 * Writes one file completely or not at all: first under another name beside it, then renamed.
 *
 * @param option the flag that named it
 * @throws {InputError} when its folder does not exist, or something at the path is not a file; {WorldError} when it cannot be written; the
 * signal's reason
 */
export async function writeWhole(path: string, content: string, option: string, signal: AbortSignal): Promise<void> {
  if ((await kindOf(dirname(path))) !== 'folder') throw noFolder(path, option);
  const there = await kindOf(path);
  if (there === 'folder' || there === 'other') throw notAFile(path, option);
  // Of a symbolic link, the target is replaced and the link stays.
  const target = there === 'file' ? await realpath(path) : path;
  const beside = `${target}.${process.pid}.new`;
  try {
    await replaceBy(target, path => writeFile(path, content, { signal }), beside);
  } catch (cause) {
    if (signal.aborted) throw signal.reason;
    throw new WorldError(`cannot write ${path}`, { cause, hint: `name a file that you may write with ${option}` });
  }
}

type Kind = 'file' | 'folder' | 'other' | 'nothing';

async function kindOf(path: string): Promise<Kind> {
  try {
    const found = await stat(path);
    return found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'other';
  } catch (cause) {
    if (['ENOENT', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException).code ?? '')) return 'nothing';
    throw new WorldError(`cannot look at ${path}`, { cause, hint: 'check that you may read its folder' });
  }
}

const noFolder = (path: string, option: string): InputError =>
  wrongInput('no-such-folder', option, `'${dirname(path)}' is not a folder`, `make it first: mkdir -p '${dirname(path)}'`);

const notAFile = (path: string, option: string): InputError =>
  wrongInput('not-a-file', option, `'${path}' is there already and is not a file`, 'name a new file, or one to overwrite, as check.html');
