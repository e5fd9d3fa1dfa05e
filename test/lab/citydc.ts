import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { execWords } from '../../infra/lab/container.js';
import { stateFolder } from '../../infra/lab/state-folder.js';

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The built command, as an operator's shell would run it. */
export const CITYDC = 'dist/citydc.js';

/** Which city a test file's commands are about: that of the checkout, unless it has one of its own. */
export interface Where {
  /** What the command is started by: words before it. */
  readonly within: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}
let where: Where = { within: [], environment: {} };
/** From here on the commands of this test file are about another city. */
export const speakTo = (other: Where): void => {
  where = other;
};

export const within = (): readonly string[] => where.within;

const wordsOf = (args: readonly string[]): readonly [string, ...string[]] => {
  const [file = '', ...words] = [...where.within, process.execPath, CITYDC, ...args];
  return [file, ...words];
};

/** Runs the built command to its end; its exit code is the caller's to judge. */
export function citydc(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return run(wordsOf(args), environment);
}

function run([file = '', ...words]: readonly string[], environment: Readonly<Record<string, string>>): Promise<Ended> {
  return new Promise(resolve => {
    const options = { maxBuffer: 64 << 20, env: { ...process.env, ...where.environment, ...environment } };
    const child = execFile(file, words, options, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode, signal: child.signalCode, stdout, stderr }),
    );
  });
}

/** Starts it in a process group of its own, as a shell does. */
function startCitydc(args: readonly string[]): ChildProcessByStdio<null, Readable, Readable> {
  const [file, ...words] = wordsOf(args);
  return spawn(file, words, { stdio: ['ignore', 'pipe', 'pipe'], detached: true, env: { ...process.env, ...where.environment } });
}

/**
 * Runs it, and when its standard error says so, signals it: alone, or (SIGINT, as Ctrl-C does) with all that belongs to it.
 *
 * @param meanwhile done between what it said and the signal
 */
export function signalledAt(
  args: readonly string[],
  says: RegExp,
  signalSent: NodeJS.Signals,
  meanwhile: () => Promise<unknown> = async () => undefined,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = startCitydc(args);
    let [stdout, stderr, sent] = ['', '', false];
    child.stdout.on('data', (part: Buffer) => {
      stdout += part.toString();
    });
    child.stderr.on('data', (part: Buffer) => {
      stderr += part.toString();
      if (sent || !says.test(stderr)) return;
      sent = true;
      const send = () => (signalSent === 'SIGINT' ? process.kill(-(child.pid ?? 0), signalSent) : child.kill(signalSent));
      meanwhile().then(send, error => {
        send();
        reject(error);
      });
    });
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

/** Runs it and demands that it went well. @returns its standard output */
export async function succeed(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await citydc(args);
  if (code !== 0) throw new Error(`citydc ${args.join(' ')} ended with ${code}\n${stderr}\n${stdout}`);
  return stdout;
}

/** A command inside a host, as an operator gives it. */
export const inHost = (host: string, ...command: readonly string[]): Promise<Ended> => citydc(['exec', host, '--', ...command]);

/** The same without our command, whose start would take more of the processors than the question: for what is asked again and again. */
export const askHost = (host: string, ...command: readonly string[]): Promise<Ended> =>
  run(execWords(stateFolder(where.environment.CITYDC_STATE ?? '.citydc'), host, command), {});
