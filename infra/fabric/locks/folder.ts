import { readlinkSync } from 'node:fs';
import { lstat, mkdir } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { WorldError } from '../../city/problem.js';

/** The file of a lock, for asking; it need not be there, nor its folder. Undefined for a user who can hold none. */
export function lockFile(name: string): string | undefined {
  const folder = lockFolder();
  return folder === undefined ? undefined : join(folder, `${encodeURIComponent(name)}.lock`);
}

/** The file of a lock, for taking it: its folder is there. @throws {WorldError} when the folder is not this user's alone */
export async function ownLockFile(name: string): Promise<string> {
  const path = lockFile(name);
  if (path === undefined) throw new WorldError('this user has no home, where locks could be', { hint: 'run the command as another user' });
  const folder = dirname(path);
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((cause: unknown) => {
    throw new WorldError(`${folder} cannot be made`, { cause, hint: 'see who may write there, and whether the disk is full' });
  });
  const { uid, mode } = await lstat(folder);
  if (uid !== process.getuid?.() || (mode & 0o40077) !== 0o40000)
    throw new WorldError(`${folder} is not a folder of this user alone`, { hint: `see who made it, then remove it: ls -ld ${folder}` });
  return path;
}

/** Always the same for a user, whatever the environment says: two commands with two folders would not exclude each other. */
function lockFolder(): string | undefined {
  if (process.getuid?.() === 0) return '/run/citydc';
  try {
    return join(userInfo().homedir, '.cache', 'citydc-locks');
  } catch {
    return undefined; // of a user that is in no list
  }
}

/** The number of this process's network namespace: a machine's lab runs one city in each. */
export const networkNamespace = (): string => readlinkSync('/proc/self/ns/net').replace(/\D/g, '');
