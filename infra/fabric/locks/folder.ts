import { readlinkSync } from 'node:fs';
import { lstat, mkdir } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { WorldError } from '../../city/problem.js';

/** The file of a lock; its folder is there. @throws {WorldError} when the folder is not this user's alone */
export async function lockFile(name: string): Promise<string> {
  const folder = lockFolder();
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((cause: unknown) => {
    throw new WorldError(`${folder} cannot be made`, { cause, hint: 'see who may write there, and whether the disk is full' });
  });
  const { uid, mode } = await lstat(folder);
  if (uid !== process.getuid?.() || (mode & 0o40077) !== 0o40000)
    throw new WorldError(`${folder} is not a folder of this user alone`, { hint: `see who made it, then remove it: ls -ld ${folder}` });
  return join(folder, `${encodeURIComponent(name)}.lock`);
}

/** Always the same for a user, whatever the environment says: two commands with two folders would not exclude each other. */
const lockFolder = (): string => (process.getuid?.() === 0 ? '/run/citydc' : join(userInfo().homedir, '.cache', 'citydc-locks'));

/** The number of this process's network namespace: a machine's lab runs one city in each. */
export const networkNamespace = (): string => readlinkSync('/proc/self/ns/net').replace(/\D/g, '');
