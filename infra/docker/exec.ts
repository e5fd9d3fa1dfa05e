/** Commands and files inside the containers of a running city. */

import { execa } from 'execa';
import type { City } from '../city/model.js';
import { WorldError } from '../city/problem.js';
import type { DockerHost } from '../city/targets/docker/docker-host.js';
import type { ExecOptions, ExecResult, RunningCommand } from '../fabric/fabric.js';
import { attachCommand, onTerminal, startCommand } from '../fabric/running-command.js';
import { type Answer, ask, type Client, dockerWords, environmentFor, notEnded } from './client.js';
import { containerName } from './names.js';
import { connectTrouble, type NotRun, notRun, type Said } from './trouble.js';

/** A host of the city, and where it runs. */
export interface Place {
  readonly client: Client;
  readonly city: City;
  readonly dockerHost: DockerHost;
  readonly host: string;
}

const execWords = ({ city, host }: Place, command: readonly string[], flags: readonly string[] = []): readonly string[] => [
  'exec',
  ...flags,
  containerName(city, host),
  ...command,
];

/** Runs a command in a container; `failure` says why it was not run. A command that times out continues inside: Docker cannot end it. */
export async function tryExec(
  place: Place,
  command: readonly string[],
  options: ExecOptions & { readonly whole?: boolean } = {},
): Promise<Answer & { readonly failure: NotRun | undefined }> {
  const flags = options.input === undefined ? [] : ['--interactive'];
  const answer = await ask(place.client, place.dockerHost, execWords(place, command, flags), options);
  return { ...answer, failure: notRun(answer) };
}

/** @throws {WorldError} when the host is off or the command cannot be started */
export async function exec(place: Place, command: readonly string[], options?: ExecOptions): Promise<ExecResult> {
  const { exitCode, stdout, stderr, failure } = await tryExec(place, command, options);
  if (failure !== undefined) throw unrun(place.host, command, failure, { exitCode, stdout, stderr });
  return { exitCode, stdout, stderr };
}

/** The error for a command that was not run. */
export function unrun(host: string, command: readonly string[], failure: NotRun, { stdout, stderr }: Said): WorldError {
  const cause = stderr.trim() || stdout.trim();
  switch (failure) {
    case 'off':
      return new WorldError(`host ${host} is off`, {
        cause,
        hint: 'see `citydc --fabric docker fault list`; `citydc --fabric docker fault heal` or `docker start` starts it',
      });
    case 'missing':
      return new WorldError(`host ${host} has no container`, { cause, hint: 'deploy it: `citydc --fabric docker up`' });
    default:
      return new WorldError(`'${command.join(' ')}' could not be run on ${host}`, { cause });
  }
}

/** Starts a command in a container; its input stays open until `end`. */
export const start = (place: Place, command: readonly string[]): RunningCommand =>
  startCommand(place.host, hostWords(place, execWords(place, command, ['--interactive'])), environmentFor(place.dockerHost));

const hostWords = ({ client, dockerHost }: Place, words: readonly string[]): readonly string[] => dockerWords(client, dockerHost, words);

/** Runs a command on our own terminal. @returns its exit code @throws {WorldError} when the host is off or the command cannot be started */
export async function attach(place: Place, command: readonly string[]): Promise<number> {
  const tty = onTerminal();
  const words = hostWords(place, execWords(place, command, ['--interactive', ...(tty ? ['--tty'] : [])]));
  const ended = await attachCommand(words, tty, environmentFor(place.dockerHost));
  const { exitCode, stderr } = ended;
  if (exitCode === undefined) throw notEnded(place.client, place.dockerHost, ['exec'], ended);
  const trouble = connectTrouble(place.dockerHost, { exitCode, stdout: '', stderr });
  if (trouble !== undefined) throw trouble;
  if (DOUBTFUL.has(exitCode)) await mustHaveRun(place, command);
  return exitCode;
}

/** Docker's own failures have these exit codes, and commands may have them, too. */
const DOUBTFUL: ReadonlySet<number> = new Set([1, 125, 126, 127]);

/** Docker's own message went to the terminal, where it cannot be read: so the host is asked whether it has the command. */
async function mustHaveRun(place: Place, command: readonly string[]): Promise<void> {
  const answer = await tryExec(place, ['sh', '-c', 'command -v "$1" > /dev/null', 'sh', command[0] ?? '']);
  if (answer.failure !== undefined) throw unrun(place.host, command, answer.failure, answer);
  if (answer.exitCode !== 0) throw unrun(place.host, command, 'no command', { ...answer, stderr: 'there is no such command' });
}

/** A file's content, also of a host that is off. @throws {WorldError} when there is none */
export async function readFile(place: Place, path: string): Promise<Buffer> {
  // A host that is on reads it itself: it sees file systems in memory, which `docker cp` does not.
  const answer = await tryExec(place, ['cat', path]);
  if (answer.failure === 'off') return readStopped(place, path);
  if (answer.failure !== undefined) throw unrun(place.host, ['cat', path], answer.failure, answer);
  if (answer.exitCode !== 0) throw unreadable(place, path, answer.stderr);
  return answer.bytes;
}

const READ_TIMEOUT_MS = 60_000;

/** Docker gives a file as an archive of one. */
async function readStopped(place: Place, path: string): Promise<Buffer> {
  const { dockerHost, city, host } = place;
  const [file = '', ...words] = hostWords(place, ['cp', '--follow-link', `${containerName(city, host)}:${path}`, '-']);
  const options = { reject: false, timeout: READ_TIMEOUT_MS, encoding: 'buffer', stripFinalNewline: false } as const;
  const result = await execa(file, words, { ...options, env: environmentFor(dockerHost) }).pipe('tar', ['-xO'], options);
  const [copied] = result.pipedFrom;
  if (result.exitCode === 0 && copied?.exitCode === 0) return Buffer.from(result.stdout);
  throw unreadable(place, path, copied === undefined ? (result.shortMessage ?? '') : textOf(copied.stderr));
}

const textOf = (bytes: unknown): string => (bytes instanceof Uint8Array ? Buffer.from(bytes).toString() : '');

const unreadable = ({ host }: Place, path: string, cause: string): WorldError =>
  new WorldError(`cannot read ${path} on ${host}`, {
    cause: cause.trim(),
    hint: `see what is there: citydc --fabric docker exec ${host} -- ls ${path.replace(/[^/]*$/, '')}`,
  });
