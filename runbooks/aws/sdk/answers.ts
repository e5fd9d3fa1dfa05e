/** What becomes of an answer of AWS that is none. */

import { WorldError } from '../../../infra/city/problem.js';

/** Nobody was there. A refusal is an answer: credentials that have expired must never look like a region that is lost. */
const NOBODY = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EPIPE']);

interface SdkError {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** What was answered; undefined when nobody was there or the service failed. @throws {WorldError} when it was refused */
export async function answered<T>(what: string, ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (isSilence(error as SdkError)) return undefined;
    throw refusal(what, error);
  }
}

/** What was asked to be done. @throws {WorldError} when it was refused, or nobody was there */
export const accepted = <T>(what: string, ask: () => Promise<T>): Promise<T> =>
  ask().catch(error => {
    throw refusal(what, error);
  });

/** Whether AWS says by an error's name that it is not there. */
export const isAbsence = (error: unknown, name: string): boolean => error instanceof Error && error.name === name;

const isSilence = ({ name, code, $metadata }: SdkError): boolean =>
  name === 'TimeoutError' || NOBODY.has(code ?? '') || ($metadata?.httpStatusCode ?? 0) >= 500;

const refusal = (what: string, cause: unknown): WorldError =>
  isSilence(cause as SdkError)
    ? new WorldError(`AWS does not answer: ${what}`, { cause, hint: 'running it again goes on from here' })
    : new WorldError(`AWS refused: ${what}`, {
        cause,
        hint: 'see the credentials and what they allow; running it again goes on from here',
      });
