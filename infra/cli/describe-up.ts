import type { UpResult } from '../fabric/realisation.js';
import type { CheckResult } from '../fabric/steady-state.js';
import { lateMachineWords } from '../fabric/while-watched.js';

/** What `up` did, for people: what is there, what is late, and what to do next. */
export function describeUp({ did, late, machine, pages, next, again }: UpResult, call: string): string {
  const width = Math.max(...next.map(([command]) => command.length)) + 3;
  const isHealthy = late.length === 0;
  return [
    did,
    ...late.map(({ check, detail }) => `late: ${check}: ${detail}`),
    ...machineLines({ late, machine }),
    isHealthy ? 'steady state: all checks hold' : `next: \`${call} status\` shows what is late; \`${again}\` waits again`,
    '',
    ...(pages.length === 0 ? [] : [...pages.map(({ name, host, url }) => `${name.padEnd(13)} ${host.padEnd(12)} ${url}`), '']),
    ...(isHealthy ? ['Try next:', ...next.map(([command, shows]) => `  ${command.padEnd(width)}${shows}`), ''] : []),
  ].join('\n');
}

/** A late machine is reported only when checks are late: then it is the first thing to look at. */
const machineLines = ({ late, machine }: Pick<UpResult, 'late' | 'machine'>): readonly string[] =>
  machine === undefined || late.length === 0 ? [] : [`machine: ${lateMachineWords(machine, 'while the city came up', 'what is late')}`];

/** Progress towards steady state, in one line. */
export const describeLate = ([first]: readonly CheckResult[], hold: number, of: number): string =>
  `steady state: ${hold}/${of}${first === undefined ? '' : `, late: ${first.check}: ${first.detail}`}`;
