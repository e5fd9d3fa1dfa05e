/**
 * Keepers of before the locks were files: each holds an abstract socket. Any user may take such a name, so it is only looked for among
 * processes of this user that run as this state folder's keeper.
 */

import { readdir, readFile, readlink, stat } from 'node:fs/promises';

/** The process of a state folder's keeper that holds the abstract socket of this name; undefined when there is none. */
export async function olderKeeper(name: string, words: readonly string[]): Promise<number | undefined> {
  const sockets = await socketsNamed(`@${name}`);
  if (sockets.length === 0) return undefined;
  for (const pid of (await readdir('/proc')).map(Number).filter(Number.isInteger))
    if ((await isKeeper(pid, words)) && (await holdsAny(pid, sockets))) return pid;
  return undefined;
}

/** Whether a process is this user's, and runs as this state folder's keeper. */
export async function isKeeper(pid: number, words: readonly string[]): Promise<boolean> {
  const [line, owner] = await Promise.all([
    readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''),
    stat(`/proc/${pid}`).then(
      ({ uid }) => uid,
      () => undefined,
    ),
  ]);
  return owner === process.getuid?.() && line.endsWith(`\0${words.join('\0')}\0`);
}

/** @see proc_net(5): the seventh word is the inode, the eighth the path, in which @ stands for the zero byte; Node fills it with them */
async function socketsNamed(path: string): Promise<readonly string[]> {
  const lines = (await readFile('/proc/net/unix', 'utf8').catch(() => '')).split('\n');
  return lines.map(line => line.split(/\s+/)).flatMap(words => (words[7]?.replace(/@+$/, '') === path ? [`socket:[${words[6]}]`] : []));
}

async function holdsAny(pid: number, sockets: readonly string[]): Promise<boolean> {
  const files = await readdir(`/proc/${pid}/fd`).catch(() => []);
  const open = await Promise.all(files.map(file => readlink(`/proc/${pid}/fd/${file}`).catch(() => '')));
  return open.some(each => sockets.includes(each));
}
