import { type LineLoad, usedRatio } from '../capacity/load.js';
import type { Terrain } from '../failures/footprint.js';
import { linkName } from '../model.js';
import type { Finding } from './finding.js';
import type { Rule } from './rule.js';

/** Above it queues grow at every burst; the rule of thumb for planning lines. */
export const TIGHT_RATIO = 0.7;

/** No line is more than 70 % full in the busy hour or at night, whatever single element has failed. */
export const linesHaveRoom: Rule = {
  demands: 'no line is fuller than 70 % in the busy hour or at night, in any single failure',
  of: 'single failures',
  examine: survey => {
    const { lines, cases } = survey.loads();
    const tight = lines.filter(line => usedRatio(line) > TIGHT_RATIO);
    return { findings: tight.map((line, index) => finding(survey.terrain, line, index === 0)), cases };
  },
};

function finding({ names }: Terrain, line: LineLoad, first: boolean): Finding {
  const { link, direction, rateBps, worstBps, worstWhen } = line;
  const [from, to] = direction === 0 ? link.ends : [link.ends[1], link.ends[0]];
  const when = worstWhen === undefined ? 'while nothing has failed' : `while ${worstWhen} is down`;
  const percent = Math.round(100 * usedRatio(line));
  const full = usedRatio(line) > 1 ? 'has more demand than capacity' : 'is tight';
  return {
    rule: 'lines-have-room',
    path: `links.${link.number}`,
    message: `${linkName(link)} from ${names.get(from)} to ${names.get(to)} ${full} ${when}: ${showRate(worstBps)} of ${showRate(rateBps)} (${percent} %)${first ? '; it fills first' : ''}`,
    hint: `raise its rate in links.csv, lead offices elsewhere, or accept it with scope links.${link.number} or class:${link.kind}`,
    facts: { about: 'line', link: linkName(link), from: names.get(from) ?? '', to: names.get(to) ?? '', percent },
  };
}

/** `812 Mbit/s`, three digits. */
export function showRate(bps: number): string {
  const [unit, factor] = bps >= 1e9 ? ['Gbit/s', 1e9] : bps >= 1e6 ? ['Mbit/s', 1e6] : ['kbit/s', 1e3];
  return `${Number((bps / factor).toPrecision(3))} ${unit}`;
}
