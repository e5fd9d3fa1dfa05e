/** Schema 2: an acceptance says how much it holds. */

import { extentLine, heldBy } from '../acceptance/extent.js';
import { type Figure, type Figures, holds, least, most, showFigure } from '../acceptance/figure.js';
import { type MatchedAcceptance, matchAcceptances } from '../acceptance/match.js';
import { grouped } from '../grouped.js';
import type { Acceptance } from '../model.js';
import { addToEntries } from './edits.js';
import type { Filled, Filling } from './step.js';

/**
 * Adds to every acceptance without an extent what is found today.
 *
 * One that is word for word a shipped inventory's came with the copy and accepted what stood there: where more is found now, it gets the
 * shipped figure, and `check` reports what has grown since. All others are the operator's own words about the operator's own network.
 */
export function fillExtents({ text, city, findings, shipped }: Filling): Filled {
  const namesakes = shipped.filter(({ id }) => id === city.id);
  const of = namesakes.length > 0 ? namesakes : shipped;
  const open = matchAcceptances(city, findings).map(acceptance => ({
    acceptance,
    ...extentFor(acceptance, heldInShipped(acceptance, of)),
  }));
  const line = (index: number) => {
    const { acceptance, figures } = open[index] ?? {};
    return acceptance?.extent !== undefined || figures === undefined || figures.size === 0 ? undefined : extentLine(figures);
  };
  return {
    edits: addToEntries(text, 'accepted', 'scope', line),
    said: open.flatMap(({ acceptance, grown }) => (acceptance.extent === undefined ? saidOf(acceptance, grown) : [])),
  };
}

/** A copy that got another id may come from any of them: then the most that one of them accepts. */
function heldInShipped({ rule, scope, reason }: Acceptance, shipped: Filling['shipped']): Figures {
  const same = shipped.flatMap(({ accepted }) =>
    accepted.filter(each => each.rule === rule && each.scope === scope && each.reason === reason),
  );
  const held = grouped(
    same.flatMap(({ extent }) => [...heldBy(extent)]),
    ([name]) => [name],
  );
  return new Map([...held].map(([name, figures]) => [name, figures.map(([, figure]) => figure).reduce(most)]));
}

interface Grown {
  readonly name: string;
  readonly held: Figure;
  readonly found: Figure;
}

function extentFor({ found }: MatchedAcceptance, held: Figures) {
  const figures: Figures = new Map(
    [...found].map(([name, figure]) => {
      const until = held.get(name);
      return [name, until === undefined ? figure : least(until, figure)] as const;
    }),
  );
  const grown = [...found].flatMap(([name, figure]): readonly Grown[] => {
    const until = held.get(name);
    return until === undefined || holds(until, figure) ? [] : [{ name, held: until, found: figure }];
  });
  return { figures, grown };
}

function saidOf({ path, rule, scope, found }: MatchedAcceptance, grown: readonly Grown[]): readonly string[] {
  if (found.size === 0) return [`${path} accepts ${rule} of ${scope}, and there is no such finding: remove it`];
  return grown.map(
    ({ name, held, found: now }) =>
      `${path} is a shipped inventory's, and accepted ${showFigure(held)} at ${name}; found are ${showFigure(now)}: 'citydc check' reports it`,
  );
}
