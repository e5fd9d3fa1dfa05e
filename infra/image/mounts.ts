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

/** Unmounts everything at or below a folder; a busy mount disappears when its last user ends. */
export async function unmountBelow(folder: string): Promise<void> {
  const mounts = await mountsBelow(folder);
  // A failure is ignored: another process may have unmounted one meanwhile.
  if (mounts.length > 0) await execa('umount', ['-l', ...mounts], { reject: false, detached: true, cleanup: false });
}
