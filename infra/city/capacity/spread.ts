/** How a stream divides over ways of equal worth, link by link. */

import type { ElementNumber } from '../identity.js';
import { farEnd, type Link } from '../model.js';
import type { RoutingTable } from '../routing/routes.js';

/** A part of a stream on one link. */
interface Share {
  readonly link: Link;
  /** The node that it leaves. */
  readonly from: ElementNumber;
  /** 0 to 1, of the whole stream. */
  readonly ratio: number;
}

export interface Spread {
  readonly shares: readonly Share[];
  /** What arrives where, 0 to 1; less than all of it when there is no route. */
  readonly arrived: ReadonlyMap<ElementNumber, number>;
}

/**
 * Follows a routing table from one router to the destination's origins. That ends: a path is one longer than the neighbour's.
 *
 * @param weightOf how many lines a link stands for: a router divides by lines
 */
export function spread(table: RoutingTable, start: ElementNumber, weightOf: (link: Link) => number = () => 1): Spread {
  const shares: Share[] = [];
  const arrived = new Map<ElementNumber, number>();
  const forward = (node: ElementNumber, ratio: number): void => {
    const links = table.get(node)?.links;
    if (links === undefined) return;
    if (links.length === 0) arrived.set(node, (arrived.get(node) ?? 0) + ratio);
    const lines = links.reduce((sum, link) => sum + weightOf(link), 0);
    for (const link of links) {
      const part = (ratio * weightOf(link)) / lines;
      shares.push({ link, from: node, ratio: part });
      forward(farEnd(link, node), part);
    }
  };
  forward(start, 1);
  return { shares, arrived };
}
