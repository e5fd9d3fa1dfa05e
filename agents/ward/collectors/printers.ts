import { access } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Collect } from './collector.js';

/** Printers that CUPS knows. Without CUPS, or when it does not answer, the number is unknown: that is not the same as none. */
export const printers: Collect = async ({ information, root }) => {
  await access(join(root, 'usr/bin/lpstat')).catch(() => fail('no CUPS: there is no lpstat'));
  const names = (await information.printer()).map(({ name }) => name);
  if (names.length === 0) await answering(join(root, 'run/cups/cups.sock'));
  return { found: { printers: names.length }, devices: names };
};

function fail(reason: string): never {
  throw new Error(reason);
}

const answering = (socketPath: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connect(socketPath, () => {
      socket.destroy();
      resolve();
    });
    socket.on('error', () => reject(new Error('CUPS does not answer')));
  });
