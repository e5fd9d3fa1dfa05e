/** Tells of a subject's trouble when it comes, changes or goes; not at every look. */

import type { Log } from './log.js';

/** Takes what ails the subject; undefined when it is well. */
export type Tell = (subject: string, trouble: string | undefined) => void;

export function troubles(log: Log): Tell {
  const known = new Map<string, string>();
  return (subject, trouble) => {
    if (known.get(subject) === trouble) return;
    if (trouble === undefined) known.delete(subject);
    else known.set(subject, trouble);
    log(trouble === undefined ? 'info' : 'warn', `${subject}: ${trouble ?? 'well again'}`);
  };
}
