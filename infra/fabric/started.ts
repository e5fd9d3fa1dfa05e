import { readFile } from 'node:fs/promises';

/**
 * When a process started, in clock ticks since boot: with its id, its identity. Undefined when it has ended; a zombie has.
 *
 * Field 22 of /proc/PID/stat, counted after the name, which may hold blanks.
 *
 * @see proc(5)
 */
export async function startOf(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields?.[0] === 'Z' ? undefined : fields?.[19];
}
