/** How many tasks run where. Pure. */

import type { AwsPlan } from '../../city/targets/aws/plan.js';
import type { SiteOnAws } from './names.js';

/** Tasks of an application at a site: all at the primary; at the backup what the posture says. */
export const tasksAt = ({ role }: SiteOnAws, posture: AwsPlan['posture'], tasks: number): number => {
  if (role === 'primary') return tasks;
  return posture === 'warm-standby' ? 1 : 0;
};
