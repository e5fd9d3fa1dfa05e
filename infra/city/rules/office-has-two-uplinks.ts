import { type City, nodeName } from '../model.js';
import type { Rule } from './rule.js';

/** An office with one access line is cut off by one excavator. */
export const officeHasTwoUplinks: Rule = {
  demands: 'every office has two access links',
  of: 'offices',
  examine: city => {
    const lines = accessLinesByOffice(city);
    const findings = city.endpoints
      .map(office => ({ office, count: lines.get(office.number) ?? 0 }))
      .filter(({ count }) => count < 2)
      .map(({ office, count }) => ({
        rule: 'office-has-two-uplinks',
        path: `endpoints.${office.number}`,
        message: `${nodeName(office)} (${office.name.en}) has ${count} access link${count === 1 ? '' : 's'}, two are needed`,
        hint: `add one to links.csv over another carrier, or accept it under 'accepted' with scope class:${office.class}`,
      }));
    return { findings, cases: city.endpoints.length };
  },
};

function accessLinesByOffice({ links }: City): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const { kind, ends } of links) if (kind === 'access') for (const end of ends) counts.set(end, (counts.get(end) ?? 0) + 1);
  return counts;
}
