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
    isHealthy ? 'steady state: everything as it should be' : `next: \`${call} status\` shows what is late; \`${again}\` waits again`,
    '',
    ...(pages.length === 0 ? [] : [...pages.map(({ name, host, url }) => `${name.padEnd(13)} ${host.padEnd(12)} ${url}`), '']),
    ...(isHealthy ? ['Try next:', ...next.map(([command, shows]) => `  ${command.padEnd(width)}${shows}`), ''] : []),
  ].join('\n');
}

/** What is late on a machine that was late needs the machine looked at first. What is healthy on one needs nothing. */
const machineLines = ({ late, machine }: Pick<UpResult, 'late' | 'machine'>): readonly string[] =>
  machine === undefined || late.length === 0 ? [] : [`machine: ${lateMachineWords(machine, 'while the city came up', 'what is late')}`];

/** How far a city is on its way to steady state. */
export const describeLate = ([first]: readonly CheckResult[], hold: number, of: number): string =>
  `steady state: ${hold}/${of}${first === undefined ? '' : `, late: ${first.check}: ${first.detail}`}`;
