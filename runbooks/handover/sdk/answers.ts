/** Distinguishes a service that does not answer from one that refuses. */

import { setMaxListeners } from 'node:events';
import { WorldError } from '../../../infra/city/problem.js';
import type { Taken } from '../cloud.js';

/** Error codes of a service that was not reached. A refusal is an answer: expired credentials must never look like a region that is lost. */
const NOT_REACHED = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EPIPE']);

interface SdkError {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** When requests end without an answer: interrupted by the operator, or out of time, which counts as no answer. */
export interface Limit {
  readonly interrupted: AbortSignal;
  /** Aborted by either. */
  readonly signal: AbortSignal;
}

/** A limit that ends with an interruption, when the answer is no longer needed (`over`), and after `timeMs` in any case. */
export function limitOf(interrupted: AbortSignal, over: AbortSignal, timeMs: number): Limit {
  const signal = AbortSignal.any([interrupted, over, AbortSignal.timeout(timeMs)]);
  // Every request listens to it; Node takes more than ten for a leak.
  setMaxListeners(0, signal);
  return { interrupted, signal };
}

/** The answer; undefined when the service was not reached or failed. @throws {WorldError} when it was refused */
export async function answered<T>(what: string, ask: () => Promise<T>, { interrupted, signal }: Limit): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    interrupted.throwIfAborted();
    if (signal.aborted || isSilence(error as SdkError)) return undefined;
    throw refusal(what, error);
  }
}

/** Whether a change was taken; a busy database takes it later. @throws {WorldError} when it was refused, or the service not reached */
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

/** Whether an error of AWS has a name. */
export const isNamed = (error: unknown, name: string): boolean => error instanceof Error && error.name === name;

const isSilence = ({ name, code, $metadata }: SdkError): boolean =>
  name === 'TimeoutError' || NOT_REACHED.has(code ?? '') || ($metadata?.httpStatusCode ?? 0) >= 500;

const refusal = (what: string, cause: unknown): WorldError =>
  isSilence(cause as SdkError)
    ? new WorldError(`AWS does not answer: ${what}`, { cause, hint: 'running it again continues from here' })
    : new WorldError(`AWS refused: ${what}`, {
        cause,
        hint: 'see the credentials and what they allow; running it again continues from here',
      });
