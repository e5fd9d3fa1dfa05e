/** Docker's own interface, as its client speaks it: over a socket. */

import { request } from 'node:http';

/** What a daemon refused: its own words. */
class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** One question to a daemon. @returns its answer, parsed; undefined when it has none @throws {Refused} */
export function ask<T = unknown>(socket: string, method: string, path: string, body?: Buffer | object): Promise<T> {
  const sent = body === undefined ? undefined : Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
  const headers = { 'content-type': Buffer.isBuffer(body) ? 'application/x-tar' : 'application/json', 'content-length': sent?.length ?? 0 };
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath: socket, method, path, headers }, response => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(parts).toString();
        const status = response.statusCode ?? 0;
        if (status >= 400) return reject(new Refused(status, messageIn(text)));
        resolve((text === '' ? undefined : JSON.parse(text)) as T);
      });
    });
    asked.on('error', reject);
    asked.end(sent);
  });
}

function messageIn(text: string): string {
  try {
    return (JSON.parse(text) as { message: string }).message;
  } catch {
    return text.trim();
  }
}

/** Nothing where the daemon knows of nothing. */
export const unlessMissing = (error: unknown): undefined => {
  if (error instanceof Refused && error.status === 404) return undefined;
  throw error;
};
