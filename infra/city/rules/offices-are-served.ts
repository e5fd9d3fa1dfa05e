import { describeLosses, lossesOf } from '../failures/losses.js';
import type { Problem } from '../problem.js';
import type { Rule } from './rule.js';

/** Every office reaches every system, and is answered, while nothing has failed. */
export const officesAreServed: Rule = {
  demands: 'every office reaches every system while nothing has failed',
  of: 'offices × systems',
  examine: ({ city, cuts }) => {
    const { none, database } = cuts.always();
    const offices = [...new Set([...none, ...database])].toSorted((a, b) => a.number - b.number);
    const findings = offices.map((office): Problem => {
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
    return { findings, cases: city.endpoints.length * city.systems.length };
  },
};
