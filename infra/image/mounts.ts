import { readFile } from 'node:fs/promises';
import { execa } from 'execa';

/** Mount points at or below a folder, deepest first. */
async function mountsBelow(folder: string): Promise<readonly string[]> {
  const table = await readFile('/proc/self/mounts', 'utf8');
  return table
    .split('\n')
    .map(line => (line.split(' ')[1] ?? '').replace(/\\(\d{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8))))
    .filter(path => path === folder || path.startsWith(`${folder}/`))
    .toSorted((a, b) => b.length - a.length);
}

/** Unmounts all of them in one go; what is busy goes when its last user does. */
export async function unmountBelow(folder: string): Promise<void> {
  const mounts = await mountsBelow(folder);
  // What another hand has unmounted meanwhile is no failure.
  if (mounts.length > 0) await execa('umount', ['-l', ...mounts], { reject: false, detached: true, cleanup: false });
}
