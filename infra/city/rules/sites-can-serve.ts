import type { SiteHostRole } from '../identity.js';
import { type City, nodeName, type Site } from '../model.js';
import type { Finding } from './finding.js';
import type { Rule } from './rule.js';

/**
 * Every site has the hosts that its role needs. What their absence does when something else fails, the other rules say: here is the cause,
 * once, instead of everything that follows from it.
 */
export const sitesCanServe: Rule = {
  demands: 'every site has the hosts without which it cannot play its role',
  of: 'kinds of hosts at sites',
  examine: ({ city }) => {
    const needed = city.sites.flatMap(site => Object.entries(neededAt(city, site)).map(([role, without]) => ({ site, role, without })));
    const missing = needed.filter(({ site, role }) => site.hosts[role as SiteHostRole].length === 0);
    return { cases: needed.length, findings: [...missing.map(finding), ...repository(city)] };
  },
};

/** What does not work at a data centre without a host of a role. */
const WITHOUT: Readonly<Partial<Record<SiteHostRole, string>>> = {
  router: 'its lines end nowhere, and nothing in it is reached',
  edge: 'no system answers there, and its applications reach no database',
  application: 'no system answers there',
  monitor: 'the city is watched by the other site alone',
};
const WITHOUT_DATABASE = 'it holds no copy of the data, and takes no writes when the other site is lost';
const WITHOUT_REPOSITORY = 'the log of the database is archived nowhere, and there is no backup';

function neededAt(city: City, { role }: Site): Readonly<Partial<Record<SiteHostRole, string>>> {
  if (role === 'witness') return { router: 'its lines end nowhere, and its vote is not heard' };
  return keepsState(city) ? { ...WITHOUT, database: WITHOUT_DATABASE } : WITHOUT;
}

const keepsState = ({ systems }: City): boolean => systems.some(({ state }) => state === 'database');

const finding = ({ site, role, without }: { readonly site: Site; readonly role: string; readonly without: string }): Finding => ({
  rule: 'sites-can-serve',
  path: `sites.${site.number}`,
  message: `${nodeName(site)} (${site.role}) has no host of the role ${role}: ${without}`,
  hint: `add ${role}: [1] to its hosts`,
});

/** One for the city, wherever it stands. */
const repository = (city: City): readonly Finding[] =>
  !keepsState(city) || city.sites.some(({ hosts }) => hosts.repository.length > 0)
    ? []
    : city.sites.filter(({ role }) => role === 'backup').map(site => finding({ site, role: 'repository', without: WITHOUT_REPOSITORY }));
