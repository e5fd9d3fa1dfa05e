import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { ownLockFile } from '../../infra/fabric/locks/folder.js';

/** Field 22 of its own stat is when it started: with its id, who it is. */
const SCRIPT = `printf '{"schema":1,"pid":%d,"startedTicks":"%s","hello":%s}' $$ $(cut -d ' ' -f 22 /proc/$$/stat) "$1" > "$2"
echo
exec sleep 60`;

/** Another process that holds a name, and says this of itself. */
export async function holding(name: string, hello: object): Promise<ChildProcess> {
  const path = await ownLockFile(name);
  const words = ['--no-fork', path, 'sh', '-c', SCRIPT, 'sh', JSON.stringify(hello), path];
  const holder = spawn('flock', words, { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(holder.stdout, 'data');
  return holder;
}
