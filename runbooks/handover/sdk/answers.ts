/** What becomes of an answer of AWS that is none. */

import { setMaxListeners } from 'node:events';
import { WorldError } from '../../../infra/city/problem.js';
import type { Taken } from '../cloud.js';

/** Nobody was there. A refusal is an answer: credentials that have expired must never look like a region that is lost. */
const NOBODY = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EPIPE']);

interface SdkError {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** When questions end, answered or not: because somebody wants it, or because they have had their time, which is silence. */
export interface Limit {
  readonly interrupted: AbortSignal;
  /** Of all. */
  readonly signal: AbortSignal;
}

/** @returns what ends when somebody wants it, when nobody wants to know any more, and in any case after so many milliseconds */
export function limitOf(interrupted: AbortSignal, over: AbortSignal, timeMs: number): Limit {
  const signal = AbortSignal.any([interrupted, over, AbortSignal.timeout(timeMs)]);
  // Every request listens to it; Node takes more than ten for a leak.
  setMaxListeners(0, signal);
  return { interrupted, signal };
}

/** What was answered; undefined when nobody was there or the service failed. @throws {WorldError} when it was refused */
export async function answered<T>(what: string, ask: () => Promise<T>, { interrupted, signal }: Limit): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    interrupted.throwIfAborted();
    if (signal.aborted || isSilence(error as SdkError)) return undefined;
    throw refusal(what, error);
  }
}

/** Whether it was taken; a database that is busy takes it later. @throws {WorldError} when it was refused, or nobody was there */
export async function accepted(what: string, ask: () => Promise<unknown>, interrupted: AbortSignal): Promise<Taken> {
  try {
    await ask();
    return 'taken';
  } catch (error) {
    interrupted.throwIfAborted();
    if (BUSY.some(name => isNamed(error, name))) return 'not-yet';
    throw refusal(what, error);
  }
}

/** @see https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RebootDBInstance.html */
const BUSY = ['InvalidDBInstanceState', 'InvalidDBInstanceStateFault'];

/** Whether AWS says by an error's name what is the matter. */
export const isNamed = (error: unknown, name: string): boolean => error instanceof Error && error.name === name;

const isSilence = ({ name, code, $metadata }: SdkError): boolean =>
  name === 'TimeoutError' || NOBODY.has(code ?? '') || ($metadata?.httpStatusCode ?? 0) >= 500;

const refusal = (what: string, cause: unknown): WorldError =>
  isSilence(cause as SdkError)
    ? new WorldError(`AWS does not answer: ${what}`, { cause, hint: 'running it again goes on from here' })
    : new WorldError(`AWS refused: ${what}`, {
        cause,
        hint: 'see the credentials and what they allow; running it again goes on from here',
      });
