import type { Outsider } from '../failures/outsiders.js';
import { nodeName, pathOf } from '../model.js';
import type { FailingElement } from '../routing/failure.js';
import type { Finding } from './finding.js';
import type { Rule } from './rule.js';

/** Citizens on the Internet and the national systems are users, as offices are: nothing that fails alone takes from them what flows let them use. */
export const externalsAreServed: Rule = {
  demands: 'citizens and national systems reach what they may use, whatever single element fails',
  of: 'failing elements',
  examine: ({ terrain, outsiders }) => {
    const { all, always, lost } = outsiders();
    if (all.length === 0) return { findings: [], cases: 0 };
    return {
      findings: [
        ...always().map(missing),
        ...terrain.footprints.flatMap(({ element }) => lost(element.down).map(outsider => losing(element, outsider))),
      ],
      cases: terrain.footprints.length,
    };
  },
};

const keysIn = ({ systems }: Outsider): string => systems.map(({ key }) => key).join(', ');

const missing = (outsider: Outsider): Finding => ({
  rule: 'externals-are-served',
  path: pathOf(outsider.external),
  message: `even while nothing has failed, ${nodeName(outsider.external)} (${outsider.external.name.en}) does not reach ${keysIn(outsider)}`,
  hint: `lead a core line from ${nodeName(outsider.external)} to a site that serves, or withdraw the flow`,
});

const losing = ({ name, title, path, class: kind }: FailingElement, outsider: Outsider): Finding => ({
  rule: 'externals-are-served',
  path,
  message: `if ${name} (${title}) fails, ${nodeName(outsider.external)} (${outsider.external.name.en}) loses ${keysIn(outsider)}`,
  hint: `lead a second way around it, or accept it under 'accepted' with scope ${path} or class:${kind}`,
});
