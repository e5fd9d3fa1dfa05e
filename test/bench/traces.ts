import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { stateFolder } from '../../infra/lab/state-folder.js';

const lines = (command: string, ...args: readonly string[]): readonly string[] =>
  execFileSync(command, args, { encoding: 'utf8' })
    .split('\n')
    .filter(line => line !== '');

/** What of this checkout's city can be seen on the machine from outside it; all of it empty when there is none. */
export const traces = () => ({
  mounts: readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .filter(line => line.includes(` ${resolve('.citydc/city')}/`)),
  processes: lines('ps', '-eo', 'args').filter(args => args.includes('/etc/citydc/boot') || args.includes('dist/keeper.js')),
  devices: lines('ip', '-o', 'link').filter(link => /: (l\d+|lan)@/.test(link)),
  listeners: lines('ss', '-Hltn').filter(socket => /127\.0\.0\.1:9(0|1)9[03]\b/.test(socket)),
  controlGroups: lines('find', '/sys/fs/cgroup', '-maxdepth', '3', '-name', basename(stateFolder('.citydc').cgroup)),
});
