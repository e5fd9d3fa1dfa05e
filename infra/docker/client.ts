import { execa } from 'execa';
import { WorldError } from '../city/problem.js';
import { type DockerHost, isOverTls } from '../city/targets/docker/docker-host.js';
import { connectTrouble, type Said } from './trouble.js';

/** The docker client of this machine: by its name on the PATH, or by its path. */
export type Client = string;

const DEFAULT_TIMEOUT_MS = 60_000;

export interface AskOptions {
  readonly input?: string | Buffer;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Runs to its end: Ctrl-C at the terminal is handled here, and does not reach the docker client. */
  readonly whole?: boolean;
}

/** How a docker command ended, with its standard output as text and as bytes. */
export interface Answer extends Said {
  readonly bytes: Buffer;
}

/** The command line of docker against one Docker host, as words. */
export const dockerWords = (client: Client, { connect }: Pick<DockerHost, 'connect'>, words: readonly string[]): readonly string[] => [
  client,
  '--host',
  connect,
  ...words,
];

/**
 * Environment variables of the client in place of the user's own.
 *
 * Over TCP it is TLS with certificates on both sides, whatever the user's say: the client alone would speak in clear. On a local socket,
 * where there is nothing to encrypt, it would demand certificates, too.
 */
export const environmentFor = (host: Pick<DockerHost, 'connect' | 'withoutTls'>): Readonly<Record<string, string | undefined>> => ({
  DOCKER_CLI_HINTS: 'false',
  ...(isOverTls(host) ? { DOCKER_TLS_VERIFY: '1' } : { DOCKER_TLS: undefined, DOCKER_TLS_VERIFY: undefined }),
});

/**
 * Runs docker against one Docker host and waits for it. A failed command is no error here: the caller reads the exit code.
 *
 * @throws {WorldError} when there is no client, when the Docker host cannot be reached, or when it takes too long
 */
export async function ask(client: Client, host: DockerHost, words: readonly string[], options: AskOptions = {}): Promise<Answer> {
  const [file = '', ...rest] = dockerWords(client, host, words);
  const result = await execa(file, rest, {
    reject: false,
    encoding: 'buffer',
    stripFinalNewline: false,
    env: environmentFor(host),
    timeout: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    ...(options.input === undefined ? { stdin: 'ignore' as const } : { input: options.input }),
    ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
    ...(options.whole === true ? { detached: true, cleanup: false } : {}),
  });
  if (result.exitCode === undefined) throw notEnded(client, host, words, result);
  const [bytes, stderr] = [Buffer.from(result.stdout), Buffer.from(result.stderr).toString()];
  const answer: Answer = { exitCode: result.exitCode, bytes, stdout: bytes.toString(), stderr };
  const trouble = connectTrouble(host, answer);
  if (trouble !== undefined) throw trouble;
  return answer;
}

/** As `ask`, for commands that must succeed. @returns the standard output @throws {WorldError} also when the command failed */
export async function demand(
  client: Client,
  host: DockerHost,
  words: readonly string[],
  failure: { readonly doing: string; readonly hint: string },
): Promise<string> {
  const { exitCode, stdout, stderr } = await ask(client, host, words, { whole: true });
  if (exitCode !== 0) throw new WorldError(failure.doing, { cause: stderr.trim() || `exit ${exitCode}`, hint: failure.hint });
  return stdout;
}

/** The error for a client that could not be started, or was ended before it was done. */
export function notEnded(
  client: Client,
  { key }: Pick<DockerHost, 'key'>,
  [verb]: readonly string[],
  { code, shortMessage = 'it was ended' }: { readonly code?: string | undefined; readonly shortMessage?: string | undefined },
): WorldError {
  if (code === 'ENOENT' || code === 'EACCES')
    return new WorldError(`the docker client '${client}' cannot be run`, { cause: shortMessage, hint: INSTALL });
  return new WorldError(`\`docker ${verb}\` did not end in order on Docker host '${key}'`, { cause: shortMessage, hint: TRY_AGAIN });
}

const INSTALL = "install it (Debian's package docker.io), or name its path in CITYDC_DOCKER; this machine needs no daemon of its own";
const TRY_AGAIN = 'see `citydc --fabric docker status`, then run the command again';
