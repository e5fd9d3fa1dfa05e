import { nodeName, type Site } from '../../infra/city/model.js';

/** The name of the dashboards' variable: which site's Prometheus one looks through. */
export const SOURCE_VARIABLE = 'source';

/** Sources that the variable offers, by name. */
export const SOURCE_PATTERN = '/^citydc /';
export const sourceName = (site: Site): string => `citydc ${nodeName(site)} ${site.name.vi}`;

/** Permanent, as the site's number is. */
export const sourceUid = (site: Pick<Site, 'kind' | 'number'>): string => `prometheus-${nodeName(site)}`;

/** What every panel asks. */
export const CHOSEN_SOURCE = { type: 'prometheus', uid: `\${${SOURCE_VARIABLE}}` } as const;
