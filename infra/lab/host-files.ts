/**
 * Files of a host, written and read from outside of it: never through a link.
 *
 * A hostile root may plant links in a host, and this process is root on the machine: a path would lead it out. So every folder of a
 * path is opened in the one before it, and what is a link is refused. `/proc/self/fd/N/name` is what openat(N, name) is elsewhere: the
 * kernel takes the open folder itself, wherever it has been moved meanwhile.
 */

import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { WorldError } from '../city/problem.js';

/** Who a file belongs to, and its permission bits. */
export interface FileOwner {
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

/** The files of one host. Synchronous: there are thousands of small files, and a promise each costs more than the file. */
export interface HostFiles {
  /** Makes a folder and those above it, or gives the folder that is there to its owner. */
  makeFolder(path: string, owner: FileOwner): void;
  /** Replaces a file, not writes into it: a running process keeps the content that it has open. */
  write(path: string, content: string | Buffer, owner: FileOwner): void;
  /** Removes a file that may be there. */
  remove(path: string): void;
  /** The content of an ordinary file: never waits, as a pipe would make it. */
  read(path: string): Buffer;
}

/**
 * What `work` returns, done with the files of a host. It opens every folder once.
 *
 * @param root the host's mounted root on this machine
 * @throws {WorldError} when a link or something else stands where a folder or an ordinary file is expected
 */
export function withHostFiles<T>(host: string, root: string, work: (files: HostFiles) => T): T {
  const folders = new Map([['', openSync(root, FOLDER)]]);
  try {
    return work(filesIn(host, folders));
  } finally {
    for (const folder of folders.values()) closeSync(folder);
  }
}

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;
const FOLDER = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;

type Folders = Map<string, number>;

const filesIn = (host: string, folders: Folders): HostFiles => ({
  makeFolder: (path, { uid, gid, mode }) => {
    const folder = folderAt(host, folders, path, 'make');
    fchownSync(folder, uid, gid);
    fchmodSync(folder, mode);
  },
  write: (path, content, { uid, gid, mode }) => {
    const at = within(folderAt(host, folders, parentOf(path), 'make'), path);
    removeAt(host, path, at);
    using(openSync(at, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600), file => {
      writeFileSync(file, content);
      fchownSync(file, uid, gid);
      fchmodSync(file, mode);
    });
  },
  remove: path => {
    const folder = found(() => folderAt(host, folders, parentOf(path), 'find'));
    if (folder !== undefined) removeAt(host, path, within(folder, path));
  },
  read: path =>
    using(openAt(host, path, within(folderAt(host, folders, parentOf(path), 'find'), path), O_RDONLY | O_NOFOLLOW | O_NONBLOCK), file => {
      if (!fstatSync(file).isFile()) throw inTheWay(host, path, undefined);
      return readFileSync(file);
    }),
});

const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/'));
const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** The path of a name in an open folder. */
function within(folder: number, path: string): string {
  const name = nameOf(path);
  if (name === '' || name === '.' || name === '..') throw new Error(`'${path}' names no file`);
  return `/proc/self/fd/${folder}/${name}`;
}

/** An open folder of the host, by its path without a slash at its end. */
function folderAt(host: string, folders: Folders, path: string, absent: 'make' | 'find'): number {
  const known = folders.get(path);
  if (known !== undefined) return known;
  const at = within(folderAt(host, folders, parentOf(path), absent), path);
  if (absent === 'make') found(() => mkdirSync(at, 0o755), 'EEXIST');
  const folder = openAt(host, path, at, FOLDER);
  folders.set(path, folder);
  return folder;
}

function openAt(host: string, path: string, at: string, flags: number): number {
  try {
    return openSync(at, flags);
  } catch (cause) {
    throw isOneOf(cause, 'ELOOP', 'ENOTDIR') ? inTheWay(host, path, cause) : cause;
  }
}

function removeAt(host: string, path: string, at: string): void {
  try {
    found(() => unlinkSync(at));
  } catch (cause) {
    throw lstatSync(at).isDirectory() ? inTheWay(host, path, cause) : cause;
  }
}

/** What a request gives; undefined when there is no such file, or what else is no failure. */
function found<T>(request: () => T, unless = 'ENOENT'): T | undefined {
  try {
    return request();
  } catch (error) {
    if (!isOneOf(error, unless)) throw error;
    return undefined;
  }
}

const isOneOf = (error: unknown, ...codes: readonly string[]): boolean => codes.includes((error as NodeJS.ErrnoException).code ?? '');

function using<T>(file: number, use: (file: number) => T): T {
  try {
    return use(file);
  } finally {
    closeSync(file);
  }
}

const inTheWay = (host: string, path: string, cause: unknown): WorldError =>
  new WorldError(`${path} on ${host} is a link, or not what it should be: files of a host are never written or read through one`, {
    cause,
    hint: `look at it: citydc exec ${host} -- ls -ld ${path}; remove it, then run the command again`,
  });
