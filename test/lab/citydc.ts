import { execFile } from 'node:child_process';

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The built command, as an operator's shell would run it. */
export const CITYDC = 'dist/citydc.js';

/** Runs the built command to its end; its exit code is the caller's to judge. */
export function citydc(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return new Promise(resolve => {
    const options = { maxBuffer: 64 << 20, env: { ...process.env, ...environment } };
    const child = execFile(process.execPath, [CITYDC, ...args], options, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode, signal: child.signalCode, stdout, stderr }),
    );
  });
}

/** Runs it and demands that it went well. @returns its standard output */
export async function succeed(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await citydc(args);
  if (code !== 0) throw new Error(`citydc ${args.join(' ')} ended with ${code}\n${stderr}\n${stdout}`);
  return stdout;
}

/** A command inside a host. */
export const inHost = (host: string, ...command: readonly string[]): Promise<Ended> => citydc(['exec', host, '--', ...command]);
