/** Configuration of the announcer: the program on a site's router that announces the shared systems' service addresses. */

import * as z from 'zod/mini';
import { absolutePath, bothAddresses, identity, port, siteName, systemKey, systemState } from './configuration.js';
import { type Parsed, parseJson } from './json.js';

/** Routing protocol number of the announcer's kernel routes: no other program on a router may use it. */
export const ANNOUNCER_PROTOCOL = 88;

/** Metric of the kernel route: what the router's policy maps to AS-path prepends. */
export const ANNOUNCEMENT_METRICS = { preferred: 10, held: 20 } as const;

const service = z.strictObject({ system: systemKey, address: bothAddresses, state: systemState });
/** Its health is asked over IPv4: one answer speaks for both families. */
const edge = z.strictObject({ address: bothAddresses, healthPort: port });

const fields = z.strictObject({
  schema: z.literal(1),
  site: siteName,
  role: z.enum(['primary', 'backup']),
  /** Absolute; its folder must outlive a power-off of the host. */
  statePath: absolutePath,
  /** How long a returning service stays held before it is preferred. */
  holdDownSeconds: z.number().check(z.minimum(0)),
  /** How long the primary continues to announce stateful services without etcd quorum. */
  quorumGraceSeconds: z.number().check(z.minimum(0)),
  services: z.array(service).check(z.minLength(1)),
  edges: z.array(edge).check(z.minLength(1)),
  /** Base URLs of this site's own etcd members, as far as health goes; asked from `source`, with `identity`. */
  etcd: z.array(z.url()),
  source: z.ipv4(),
  identity,
});

const distinct = (values: readonly string[]): boolean => new Set(values).size === values.length;

const announcerConfiguration = fields.check(
  z.refine(({ services }) => distinct(services.map(({ system }) => system)), { path: ['services'], error: 'a system is listed twice' }),
  z.refine(({ services }) => distinct(services.flatMap(({ address }) => Object.values(address))), {
    path: ['services'],
    error: 'an address is listed twice',
  }),
  z.refine(({ edges }) => distinct(edges.flatMap(({ address }) => Object.values(address))), {
    path: ['edges'],
    error: 'an edge is listed twice',
  }),
  z.refine(({ role, services, etcd }) => role === 'backup' || etcd.length > 0 || services.every(({ state }) => state === 'none'), {
    path: ['etcd'],
    error: 'the primary announces stateful services only with quorum: list the etcd members of its site',
  }),
);

export type AnnouncerConfiguration = z.infer<typeof announcerConfiguration>;
export type AnnouncedService = AnnouncerConfiguration['services'][number];
export type Edge = AnnouncerConfiguration['edges'][number];

export const parseAnnouncerConfiguration = (text: string): Parsed<AnnouncerConfiguration> => parseJson(announcerConfiguration, text);
