/** The kernel's routing table, through `ip`. */

import { spawn } from 'node:child_process';
import { ANNOUNCER_PROTOCOL } from '../contract/announcer.js';
import { parseRoutes, type Route } from './routes.js';

/** The announcer's routes in the kernel, of both families. @throws when `ip` fails */
export async function readRoutes(): Promise<readonly Route[]> {
  const texts = await Promise.all(['-4', '-6'].map(family => ip([family, '-j', 'route', 'show', 'proto', String(ANNOUNCER_PROTOCOL)])));
  return texts.flatMap(parseRoutes);
}

/** Runs batch lines in order. @throws at the first that fails; those before it are applied */
export const runBatch = async (lines: readonly string[]): Promise<void> => {
  await ip(['-batch', '-'], `${lines.join('\n')}\n`);
};

const ip = (args: readonly string[], input = ''): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn('ip', args, { stdio: ['pipe', 'pipe', 'pipe'] });
    const text = { out: '', err: '' };
    child.stdout.on('data', part => {
      text.out += part;
    });
    child.stderr.on('data', part => {
      text.err += part;
    });
    child.on('error', reject);
    child.on('close', code => (code === 0 ? resolve(text.out.trim()) : reject(new Error(`ip ${args.join(' ')}: ${text.err.trim()}`))));
    child.stdin.on('error', () => undefined); // it ended before it read: `close` says why
    child.stdin.end(input);
  });
