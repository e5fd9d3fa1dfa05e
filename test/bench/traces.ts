import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { stateFolder } from '../../infra/lab/state-folder.js';
import { within } from '../lab/citydc.js';

const lines = (command: string, ...args: readonly string[]): readonly string[] =>
  execFileSync(command, args, { encoding: 'utf8' })
    .split('\n')
    .filter(line => line !== '');

/** In the network of the city that this file speaks to. */
const linesThere = (command: string, ...args: readonly string[]): readonly string[] => {
  const [file = '', ...words] = [...within(), command, ...args];
  return lines(file, ...words);
};

const readOrNothing = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // the process has ended
  }
};

/** What of a city can be seen on the machine from outside it; all of it empty when there is none. */
export const traces = (state = '.citydc') => {
  const { root, city, cgroup } = stateFolder(state);
  // A zombie has no words: what no parent has waited for yet is gone all the same.
  const isOfCity = (pid: string): boolean => {
    const words = readOrNothing(join('/proc', pid, 'cmdline'));
    const groups = readOrNothing(join('/proc', pid, 'cgroup'));
    return words !== '' && (groups.includes(`${cgroup}/`) || words.includes(`\0keep\0${root}\0`));
  };
  return {
    mounts: readFileSync('/proc/self/mounts', 'utf8')
      .split('\n')
      .filter(line => line.includes(` ${resolve(city)}/`)),
    processes: readdirSync('/proc').filter(name => /^\d+$/.test(name) && isOfCity(name)),
    devices: linesThere('ip', '-o', 'link').filter(link => /: (l\d+|lan)@/.test(link)),
    listeners: linesThere('ss', '-Hltn').filter(socket => /127\.0\.0\.1:9(0|1)9[03]\b/.test(socket)),
    controlGroups: lines('find', '/sys/fs/cgroup', '-maxdepth', '3', '-name', basename(cgroup)),
  };
};
