import type { Footprint } from '../failures/footprint.js';
import type { Survey } from '../failures/survey.js';
import { nodeName, type Site } from '../model.js';
import type { Finding } from './finding.js';
import type { Rule } from './rule.js';

/**
 * While one thing fails, the sites with a copy of the database that are still up hear each other. Where they do not, offices notice
 * nothing, but what is written is stored on one copy: the next failure loses it.
 */
export const copiesStayJoined: Rule = {
  demands: 'no single failure parts the copies of the database while both their sites are up',
  of: 'failing elements',
  examine: survey => {
    const keepers = survey.city.sites.filter(({ hosts }) => hosts.database.length > 0);
    if (keepers.length < 2) return { findings: [], cases: 0 };
    const findings = survey.terrain.footprints.flatMap(failed => {
      const [one, other] = partedBy(survey, keepers, failed);
      return one === undefined || other === undefined ? [] : [finding(failed, one, other)];
    });
    return { findings, cases: survey.terrain.footprints.length };
  },
};

/** The first two that are up and do not hear each other. */
function partedBy({ core }: Survey, keepers: readonly Site[], { core: down, element }: Footprint): readonly Site[] {
  if (down.length === 0) return [];
  const up = keepers.filter(({ number }) => !element.down.nodes.has(number));
  const { prediction } = core.trunk(down, []);
  const hears = (from: Site, to: Site) => prediction.toOwn('lans', to.number).has(from.number);
  const pairs = up.flatMap((one, index) => up.slice(index + 1).map(other => [one, other] as const));
  return pairs.find(([one, other]) => !hears(one, other) || !hears(other, one)) ?? [];
}

function finding({ element: { name, title, path, class: kind } }: Footprint, ...sites: readonly [Site, Site]): Finding {
  const [one, other] = sites.map(nodeName) as [string, string];
  return {
    rule: 'copies-stay-joined',
    path,
    message: `if ${name} (${title}) fails, ${one} and ${other} no longer hear each other: what is written is stored on one copy only`,
    hint: `lead a second line between them that shares nothing with the first, or accept it with scope ${path} or class:${kind}`,
    facts: { about: 'copies', sites: [one, other] },
  };
}
