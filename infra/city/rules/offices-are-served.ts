import { describeLosses, lossesOf } from '../failures/losses.js';
import { mayUse } from '../flows.js';
import type { System } from '../model.js';
import type { Finding } from './finding.js';
import type { Rule } from './rule.js';

/** Every office may use every system, reaches it, and is answered, while nothing has failed. */
export const officesAreServed: Rule = {
  demands: 'every office reaches every system while nothing has failed',
  of: 'offices × systems',
  examine: ({ city, cuts }) => {
    const { none, database } = cuts.always();
    const offices = [...new Set([...none, ...database])].toSorted((a, b) => a.number - b.number);
    const unserved = offices.map((office): Finding => {
      const only = (list: typeof none) => list.filter(each => each === office);
      const losses = lossesOf(city, { none: only(none), database: only(database) });
      return {
        rule: 'offices-are-served',
        path: `endpoints.${office.number}`,
        message: `even while nothing has failed, ${describeLosses(losses)}`,
        hint: `ask why: citydc check --explain e${office.number} ${city.systems[0]?.key ?? ''}`.trim(),
        facts: { about: 'losses', losses },
      };
    });
    return {
      findings: [...city.systems.filter(system => !mayUse(city, system)).map(denied), ...unserved],
      cases: city.endpoints.length * city.systems.length,
    };
  },
};

/** Ways are no use where filters drop what takes them. */
const denied = ({ number, key, port }: System): Finding => ({
  rule: 'offices-are-served',
  path: `systems.${number}`,
  message: `no flow lets people at an office use ${key}, tcp ${port}`,
  hint: `add one under 'flows' from office, counter or video to system.${key}, or accept it with scope systems.${number}`,
  facts: { about: 'denied', system: key },
});
