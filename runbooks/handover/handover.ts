/** Who hands over to whom, and what the operator has accepted. */

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
  /** Somebody says that the site that is left cannot be reached, and answers for its writing nothing that counts. */
  readonly unreachable: boolean;
  /** Somebody says that the database that is left cannot be restarted, and answers for whoever is still in it. */
  readonly unfenced: boolean;
  /** Somebody gives up what the copy has not received. */
  readonly loss: boolean;
  /** Somebody says which site serves, as far as nothing else does. */
  readonly serving: SiteOnAws | undefined;
}

/** How a site is called. */
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

/** Who is let in to the database of a site. */
export const admittedAt = ({ city }: Handover, { site }: SiteOnAws): readonly SecurityRule[] =>
  databaseAdmission(city, site.number).ingress;
