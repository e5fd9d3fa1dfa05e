/** Processes of a host, as runit supervises them: the same wherever the host runs. */

import { WorldError } from '../city/problem.js';
import type { Fabric } from './fabric.js';

const SV_VERBS = { TERM: 'term', KILL: 'kill', STOP: 'pause', CONT: 'cont', HUP: 'hup' } as const;

/** Implements a fabric's `signal` through its `exec`. @throws {WorldError} when there is no such process */
export async function signalProcess(
  { exec }: Pick<Fabric, 'exec'>,
  ...[host, process, signal]: Parameters<Fabric['signal']>
): Promise<void> {
  const { exitCode, stderr } = await exec(host, ['sv', SV_VERBS[signal], process]);
  if (exitCode !== 0)
    throw new WorldError(`process ${process} on ${host} took no signal`, {
      cause: stderr,
      hint: `see its processes: citydc exec ${host} -- sv status /etc/service/*`,
    });
}
