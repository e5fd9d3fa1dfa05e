/** A `docker` that only remembers how it was called, and answers as it was told. */

import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../temporary-folder.js';

/** The first rule whose words are among a call's answers it. */
export interface Rule {
  readonly when: string;
  readonly exitCode?: number;
  readonly stdout?: string;
  readonly stderr?: string;
}

export interface Call {
  /** Without the Docker host that is named first. */
  readonly words: readonly string[];
  readonly connect: string;
  readonly input: string;
  readonly environment: Readonly<Record<string, string>>;
}

export interface FakeDocker {
  readonly program: string;
  calls(): readonly Call[];
  answer(...rules: readonly Rule[]): void;
}

const PROGRAM = `#!/usr/bin/env node
const { appendFileSync, existsSync, readFileSync, writeSync } = require('node:fs');
const [, connect, ...words] = process.argv.slice(2);
const rules = existsSync(__dirname + '/rules') ? JSON.parse(readFileSync(__dirname + '/rules', 'utf8')) : [];
const { exitCode = 0, stdout = '', stderr = '' } = rules.find(({ when }) => words.join(' ').includes(when)) ?? {};
writeSync(1, stdout); // at once: who goes on reading its input says something, too
const input = words.includes('--interactive') ? readFileSync(0, 'utf8') : '';
const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith('DOCKER_')));
appendFileSync(__dirname + '/calls', JSON.stringify({ connect, words, input, environment }) + '\\n');
process.stderr.write(stderr);
process.exitCode = exitCode;
`;

export function fakeDocker(): FakeDocker {
  const folder = temporaryFolder();
  const [program, calls] = ['docker', 'calls'].map(name => join(folder, name)) as [string, string];
  writeFileSync(program, PROGRAM);
  chmodSync(program, 0o755);
  return {
    program,
    calls: () =>
      existsSync(calls)
        ? readFileSync(calls, 'utf8')
            .trim()
            .split('\n')
            .map(line => JSON.parse(line) as Call)
        : [],
    answer: (...rules) => writeFileSync(join(folder, 'rules'), JSON.stringify(rules)),
  };
}
