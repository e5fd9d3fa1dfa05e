/** Reports a subject's trouble when it comes, changes or goes; not at every look. */

import type { Log } from './log.js';

/** Takes what ails the subject; undefined when it is healthy. */
export type ReportTrouble = (subject: string, trouble: string | undefined) => void;

export function troubles(log: Log): ReportTrouble {
  const known = new Map<string, string>();
  return (subject, trouble) => {
    if (known.get(subject) === trouble) return;
    if (trouble === undefined) known.delete(subject);
    else known.set(subject, trouble);
    log(trouble === undefined ? 'info' : 'warn', `${subject}: ${trouble ?? 'healthy again'}`);
  };
}
