/**
 * What everything of a city is known by, below all else that is said of it.
 *
 * Identity is a permanent number, never reused; names and codes are dated attributes of it.
 */

export type ElementNumber = number & { readonly __brand: 'ElementNumber' };
export type LinkNumber = number & { readonly __brand: 'LinkNumber' };
export type SystemNumber = number & { readonly __brand: 'SystemNumber' };

export interface Bilingual {
  readonly vi: string;
  readonly en: string;
}

/** What NOC staff and auditors read is written in each; Vietnamese comes first. */
export const LANGUAGES = ['vi', 'en'] as const satisfies readonly (keyof Bilingual)[];
export type Language = (typeof LANGUAGES)[number];

export const SITE_ROLES = ['primary', 'backup', 'witness'] as const;
export type SiteRole = (typeof SITE_ROLES)[number];

/** Roles of the hosts inside a site. */
export const SITE_HOST_ROLES = ['router', 'edge', 'application', 'database', 'etcd', 'monitor', 'repository'] as const;
export type SiteHostRole = (typeof SITE_HOST_ROLES)[number];

/** Segments of every office's network. */
export const ENDPOINT_SEGMENTS = ['office', 'counter', 'video', 'management'] as const;
export type EndpointSegment = (typeof ENDPOINT_SEGMENTS)[number];
/** Segments of every site's LAN. */
export const SITE_SEGMENTS = ['edge', 'application', 'data', 'operations'] as const;
export type SiteSegment = (typeof SITE_SEGMENTS)[number];
