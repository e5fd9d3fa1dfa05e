/** A drill as data: what it breaks, what must hold before, and the objectives by which it is judged. */

import { isIPv6 } from 'node:net';
import * as z from 'zod';
import type { Family } from '../../infra/city/addresses.js';
import type { Bilingual } from '../../infra/city/identity.js';
import { TARGETS } from '../../infra/city/targets/targets.js';
import type { Fabric, Fault } from '../../infra/fabric/fabric.js';
import type { Topology } from '../../infra/site/topology.js';

const bilingual = z.object({ vi: z.string(), en: z.string() });
const objective = z.object({ rtoSeconds: z.number(), rpoSeconds: z.number() });
const state = z.enum(['none', 'database']);

/** What one run does and is judged by. It is the first entry of the journal, so that the evidence needs nothing else to be judged. */
export const drillPlan = z.object({
  /** 2 since plans say how the return of power is judged; evidence of 1 is judged as it was then. */
  schema: z.union([z.literal(1), z.literal(2)]),
  drill: z.string(),
  target: z.enum(TARGETS),
  city: z.object({ id: z.string(), name: bilingual }),
  /** Sites by their short names, as `s1`. */
  primary: z.string(),
  backup: z.string(),
  /** Hosts that lose power together. */
  faultHosts: z.array(z.string()),
  systems: z.array(
    z.object({
      number: z.int(),
      key: z.string(),
      name: bilingual,
      state,
      /** Of IPv4. */
      address: z.string(),
      /** Absent in plans from before there were wards that use IPv6. */
      addressV6: z.optional(z.string()),
      port: z.int(),
      intervalMs: z.int(),
      objective,
    }),
  ),
  /** Where clients run; `source` is the office's own address, and its family is that of the ward's requests. */
  wards: z.array(z.object({ host: z.string(), name: bilingual, source: z.string() })),
  /** The programs that measure how late the machine is, and how late it may be. Absent in plans from before that was measured. */
  sentinels: z.optional(z.array(z.object({ kind: z.enum(['routing', 'clients']), host: z.string(), limitMs: z.number() }))),
  databases: z.array(z.object({ host: z.string(), site: z.string(), url: z.string() })),
  /**
   * Of the return of power, until the planned way back begins, and of all outages that begin after an event's objective has run out.
   * Absent in plans from before it was judged.
   */
  powerReturn: z.optional(z.object({ rtoSeconds: z.number() })),
  /** The planned way back to the primary: outage in seconds, lost writes in seconds. */
  failback: objective,
  limits: z.object({
    /** Good answers everywhere for this long before the fault. */
    baselineSeconds: z.number(),
    /** Good answers everywhere for this long before the observation ends. */
    goodSeconds: z.number(),
    /** The observation ends after this long at the latest. */
    observeSeconds: z.number(),
    /** The fabric undoes the fault by itself after this long. */
    healAfterSeconds: z.number(),
    /** Each wait for steady state. */
    steadySeconds: z.number(),
    /** The clients end by themselves after this long. */
    clientSeconds: z.number(),
  }),
});
export type DrillPlan = z.infer<typeof drillPlan>;
export type PlannedSystem = DrillPlan['systems'][number];
export type Ward = DrillPlan['wards'][number];

/** The family of a ward's requests. */
export const familyOf = ({ source }: Pick<Ward, 'source'>): Family => (isIPv6(source) ? 'v6' : 'v4');

/** The address at which a ward reaches a system. */
export function addressFor(ward: Pick<Ward, 'host' | 'source'>, { key, address, addressV6 }: PlannedSystem): string {
  if (familyOf(ward) === 'v4') return address;
  if (addressV6 === undefined) throw new Error(`${ward.host} asks over IPv6, and ${key} has no such address`); // a plan has both or neither
  return addressV6;
}

/** Something that must hold before anything is touched. */
interface Precondition {
  readonly id: string;
  readonly demand: Bilingual;
  /** Why it does not hold, with the next step; undefined when it does. @throws {WorldError} when that cannot be found out */
  check(plan: DrillPlan, fabric: Fabric): Promise<string | undefined>;
}

export interface Drill {
  readonly name: string;
  readonly title: Bilingual;
  readonly proves: Bilingual;
  /** Pure. @throws {InputError} when the city lacks what the drill is about */
  plan(topology: Topology, target: DrillPlan['target']): DrillPlan;
  readonly preconditions: readonly Precondition[];
  fault(plan: DrillPlan): Fault;
}
