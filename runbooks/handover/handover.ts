/** Which site hands over to which, and what the operator has accepted. */

import { databaseAdmission, type SecurityRule } from '../../infra/aws/plan/admission.js';
import type { Deployment } from '../../infra/aws/plan/deployment.js';
import { type SiteOnAws, systemNames } from '../../infra/aws/plan/names.js';
import { tasksAt } from '../../infra/aws/plan/tasks.js';

const VERBS = ['failover', 'failback', 'rebuild'] as const;
export type Verb = (typeof VERBS)[number];

export interface Handover {
  readonly verb: Verb;
  readonly city: Deployment['city'];
  readonly from: SiteOnAws;
  readonly to: SiteOnAws;
  /** The operator states that the site that is left cannot be reached, and accepts the loss of what it may still write. */
  readonly unreachable: boolean;
  /** The operator states that the database that is left cannot be restarted, and accepts the loss of what connected clients still write. */
  readonly unfenced: boolean;
  /** The operator accepts the loss of what the copy has not received. */
  readonly loss: boolean;
  /** The site that serves, as the operator states it; counts only where nothing else decides. */
  readonly serving: SiteOnAws | undefined;
}

/** The short name of a site: `s1`. */
export const titleOf = ({ site }: SiteOnAws): string => `s${site.number}`;

/** Tasks of each system at the site that serves. */
export const fullTasks = ({ city }: Handover): readonly { readonly system: string; readonly tasks: number }[] =>
  city.aws.systems.map(({ system, tasks }) => ({ system: keyOf(city, system), tasks }));

/** Tasks of each system at a site as its stack has them. */
export const restingTasks = ({ city }: Handover, place: SiteOnAws) =>
  city.aws.systems.map(({ system, tasks }) => ({ system: keyOf(city, system), tasks: tasksAt(place, city.aws.posture, tasks) }));

const keyOf = ({ systems }: Handover['city'], wanted: number): string => {
  const found = systems.find(({ number }) => number === wanted);
  if (found === undefined) throw new RangeError(`no system ${wanted}, though the loader found no problem`);
  return found.key;
};

/** The alarms whose health checks lead names to a site. */
export const alarmsAt = ({ city }: Handover, place: SiteOnAws): readonly string[] =>
  city.systems.map(system => systemNames(place, system).silentAlarm);

/** The rules that admit clients to the database of a site. */
export const admittedAt = ({ city }: Handover, { site }: SiteOnAws): readonly SecurityRule[] =>
  databaseAdmission(city, site.number).ingress;
