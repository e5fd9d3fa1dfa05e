import { nodeName, type Site } from '../model.js';
import { type FailingElement, hostsUp } from '../routing/failure.js';
import type { Finding } from './finding.js';
import type { Rule } from './rule.js';

/** While one thing fails, a monitor still looks: otherwise that it has failed is not known either. */
export const cityIsWatched: Rule = {
  demands: 'whatever single element fails, a monitor is left that watches the city',
  of: 'failing elements',
  examine: ({ city, terrain }) => {
    const sites = city.sites.filter(({ hosts }) => hosts.monitor.length > 0 && hosts.router.length > 0);
    if (sites.length === 0) return { findings: city.sites.filter(({ role }) => role === 'primary').map(unwatched), cases: 1 };
    const blind = terrain.footprints.filter(({ element: { down } }) =>
      sites.every(site => down.nodes.has(site.number) || hostsUp(site, 'monitor', down) === 0),
    );
    return { findings: blind.map(({ element }) => finding(element)), cases: terrain.footprints.length };
  },
};

const unwatched = (site: Site): Finding => ({
  rule: 'city-is-watched',
  path: `sites.${site.number}`,
  message: 'no site has a monitor: the city is not watched',
  hint: `add monitor: [1] to the hosts of ${nodeName(site)}, and of the other data centre`,
});

const finding = ({ name, title, path, class: kind }: FailingElement): Finding => ({
  rule: 'city-is-watched',
  path,
  message: `if ${name} (${title}) fails, no monitor is left: the city is not watched`,
  hint: `put a monitor at another site, too, or accept it with scope ${path} or class:${kind}`,
});
