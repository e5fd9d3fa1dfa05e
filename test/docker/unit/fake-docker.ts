/** A `docker` that only remembers how it was called, and answers as ordered. */

import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../temporary-folder.js';

/** The first rule whose words are among a call's answers it. */
interface Rule {
  readonly when: string;
  readonly exitCode?: number;
  readonly stdout?: string;
  readonly stderr?: string;
}

interface Call {
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

/** Between the fields of a call, and after it. */
const [FIELD, CALL] = ['\x1f', '\x1e'];

/**
 * A shell's: each start of Node costs thirty of it, and some tests ask a hundred times. It speaks at once, since a reader that continues
 * its input says something, too; when the call is put down whole, it ends as the rule says.
 */
const PROGRAM = `#!/bin/sh
here=\${0%/*}
connect=$2 interactive=
shift 2
answer() { if [ -e "$here/rules" ]; then . "$here/rules"; fi; }
phase=speak; answer "$@"
{
  printf 'c%s\\037' "$connect"
  for word; do
    printf 'w%s\\037' "$word"
    if [ "$word" = --interactive ]; then interactive=yes; fi
  done
  env | sed -n 's/^DOCKER_/e&/p' | tr '\\n' '\\037'
  printf i
  if [ -n "$interactive" ]; then cat; fi
  printf '\\036'
} > "$here/call-$$"
cat "$here/call-$$" >> "$here/calls"
rm "$here/call-$$"
phase=end; answer "$@"
`;

/** What the shell does where the rule is the first that fits. */
const answerOf = ({ when, exitCode = 0, stdout = '', stderr = '' }: Rule): string =>
  `*${quoted(when)}*) if [ $phase = speak ]; then printf %s ${quoted(stdout)}; else printf %s ${quoted(stderr)} >&2; exit ${exitCode}; fi ;;`;
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

function callOf(text: string): Call {
  const fields = text.split(FIELD);
  const of = (kind: string) => fields.filter(field => field.startsWith(kind)).map(field => field.slice(1));
  const environment = of('e').map(each => each.split(/=(.*)/s).slice(0, 2));
  return { connect: of('c')[0] ?? '', words: of('w'), input: of('i')[0] ?? '', environment: Object.fromEntries(environment) };
}

export function fakeDocker(): FakeDocker {
  const folder = temporaryFolder();
  const [program, calls] = ['docker', 'calls'].map(name => join(folder, name)) as [string, string];
  writeFileSync(program, PROGRAM);
  chmodSync(program, 0o755);
  return {
    program,
    calls: () => (existsSync(calls) ? readFileSync(calls, 'utf8').split(CALL).slice(0, -1).map(callOf) : []),
    answer: (...rules) => writeFileSync(join(folder, 'rules'), `case "$*" in\n${rules.map(answerOf).join('\n')}\nesac\n`),
  };
}
