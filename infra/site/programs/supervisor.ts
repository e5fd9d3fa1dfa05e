import { grouped } from '../../city/grouped.js';
import { type HostFile, type Process, secretFile } from '../host.js';
import type { Program } from '../program.js';

export const BOOT_PATH = '/etc/citydc/boot';

/**
 * What a host starts with: tini reaps, `boot` brings up network and filter, runit supervises the processes.
 */
export const supervisor: Program = {
  name: 'supervisor',
  packages: ['tini', 'runit', 'procps'],
  connects: () => [],
  render: () => ({ files: [{ path: BOOT_PATH, content: BOOT, mode: 0o755, onChange: 'boot' }] }),
  lints: [{ command: ['sh', '-n', BOOT_PATH] }],
};

/** The first process of every host. */
export const INIT = ['/usr/bin/tini', '--', BOOT_PATH] as const;
const SERVICES = '/etc/service';

const BOOT = `#!/bin/sh
set -u
mkdir -p /run/citydc
. /etc/citydc/apply-network
[ ! -f /etc/citydc/filter.nft ] || nft -f /etc/citydc/filter.nft || exit 1
exec runsvdir -P ${SERVICES}
`;

const APPLY_PATH = '/etc/citydc/apply';
/** The command inside a host that applies the changed files of a program. */
export const applyWords = (program: string, how: 'reload' | 'restart'): readonly string[] => [APPLY_PATH, program, how];

/** The script of `applyWords`: what each program of a host needs when its files have changed. */
export function applyFile(processes: readonly Process[], applies: Readonly<Record<string, readonly string[]>>): Omit<HostFile, 'program'> {
  const cases = [
    ...Object.entries(applies).map(([program, words]) => shellCase(`'${program} reload' | '${program} restart'`, [shellWords(words)])),
    ...[...grouped(processes, ({ program }) => [program])]
      .filter(([program]) => !(program in applies))
      .flatMap(([program, own]) => [
        shellCase(`'${program} reload'`, own.flatMap(reloading)),
        shellCase(
          `'${program} restart'`,
          own.map(({ name }) => `sv -w 30 force-restart ${SERVICES}/${name}`),
        ),
      ]),
  ];
  return { path: APPLY_PATH, content: `${APPLY_HEAD}case "$1 $2" in\n${cases.join('')}esac\n`, mode: 0o755, onChange: 'reload' };
}

const APPLY_HEAD = `#!/bin/sh
# Applies the changed files of a program: apply PROGRAM reload|restart
set -e
`;
const shellCase = (pattern: string, lines: readonly string[]): string => `${[`${pattern})`, ...lines, ';;'].join('\n')}\n`;

function reloading({ name, reload }: Process): readonly string[] {
  if (reload === undefined) return [];
  return ['command' in reload ? shellWords(reload.command) : `sv ${reload.signal === 'HUP' ? 'hup' : '2'} ${SERVICES}/${name}`];
}

/** The files by which runit supervises a process: its run script and its log, rotated at 1 MB, three kept. */
export function supervise(process: Process): readonly { path: string; content: string; mode: number }[] {
  const folder = `${SERVICES}/${process.name}`;
  const log = `/var/log/citydc/${process.name}`;
  return [
    { path: `${folder}/run`, content: runScript(process), mode: 0o755 },
    { path: `${folder}/log/run`, content: `#!/bin/sh\nexec svlogd -tt ${log}\n`, mode: 0o755 },
    { path: `${log}/config`, content: 's1000000\nn3\n', mode: 0o644 },
  ];
}

/** Of the real-time policy round robin: above everything else of the city, below the kernel's own threads. */
// Without the right (a kernel with real-time budgets of groups that gave this one none, a container without CAP_SYS_NICE) it runs as others do.
const TAKE_REAL_TIME = `set --
if chrt -r 5 true 2> /dev/null; then set -- chrt -r 5; else echo 'no real-time priority here'; fi`;

function runScript({ command, environment = {}, secretEnvironment = {}, user, takesOver, startsAfter, realTime }: Process): string {
  const lines = [
    // Links are not followed: the user could have made one.
    ...(takesOver === undefined ? [] : [`find ${takesOver} -user root -exec chown -h ${user}: {} +`]),
    ...(startsAfter === undefined
      ? []
      : [`tries=0\nuntil ping -q -n -c 1 -W 1 ${startsAfter} > /dev/null 2>&1 || [ $((tries += 1)) -gt 3 ]; do sleep 6; done`]),
    ...Object.entries(environment).map(([name, value]) => `export ${name}=${shellWord(value)}`),
    ...Object.entries(secretEnvironment).map(([name, secret]) => `${name}=$(cat ${secretFile(secret)}); export ${name}`),
  ];
  if (realTime) lines.push(TAKE_REAL_TIME);
  const words = `${realTime ? '"$@" ' : ''}${shellWords(command)}`;
  const as = user === undefined ? '' : `chpst -u ${user} `;
  return `#!/bin/sh\nexec 2>&1\n${lines.map(line => `${line}\n`).join('')}exec ${as}${words}\n`;
}

const shellWords = (words: readonly string[]): string => words.map(shellWord).join(' ');
const shellWord = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
