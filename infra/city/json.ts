import type * as z from 'zod';
import { parseJson } from '../../agents/contract/json.js';
import { WorldError } from './problem.js';

/** The value in a text that another program printed or stored. @throws {WorldError} "WHAT cannot be read", with what is wrong, when it has another form */
export function readJson<S extends z.core.$ZodType>(form: S, text: string, what: string, hint?: string): z.core.output<S> {
  const parsed = parseJson(form, text);
  if (parsed.ok) return parsed.value;
  throw new WorldError(`${what} cannot be read`, {
    cause: parsed.problems.slice(0, 3).join('; '),
    ...(hint === undefined ? {} : { hint }),
  });
}
