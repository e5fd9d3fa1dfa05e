/** Why a packet goes the way it goes: what `citydc check --explain` says. */

import { describeWriter } from '../failures/writers.js';
import { flowsInto, mayUse } from '../flows.js';
import { type ElementNumber, ENDPOINT_SEGMENTS, type EndpointSegment } from '../identity.js';
import { type City, type Endpoint, farEnd, linkName, nodeName, nodesOf, type System } from '../model.js';
import type { Failure } from './failure.js';
import { type Hop, type Outcome, type Prediction, predictorOf } from './prediction.js';
import type { Offer } from './routes.js';

export interface Explanation {
  /** By segment of the office: the reasons of the flows that allow it; none is denied. */
  readonly allowed: Readonly<Record<EndpointSegment, readonly string[]>>;
  readonly way: readonly Step[];
  /** The answer's way, by short names of nodes and links in turn; empty when nothing answers. */
  readonly back: readonly string[];
  readonly outcome: Outcome['kind'] | 'denied';
  /** The outcome in one sentence. */
  readonly because: string;
}

interface Step {
  /** Short names. */
  readonly node: string;
  readonly link: string;
  readonly next: string;
  readonly because: string;
}

/** From an office to a system while something is down. */
export function explain(city: City, failure: Failure, office: Endpoint, system: System): Explanation {
  const allowed = allowedFrom(city, system);
  if (!mayUse(city, system)) return { allowed, way: [], back: [], outcome: 'denied', because: deniedBecause(system) };
  const prediction = predictorOf(city)(failure);
  const outcome = prediction.path(office, system);
  const name = namer(city);
  return {
    allowed,
    way: outcome.hops.map(
      (hop): Step => ({
        node: name(hop.node),
        link: linkName(hop.link),
        next: name(farEnd(hop.link, hop.node)),
        because:
          hop.node === office.number
            ? 'the fixed route of its line'
            : chosen(prediction.offersOfService(system.state, hop.node), hop, name),
      }),
    ),
    back: 'site' in outcome ? wayBack(prediction, outcome, office, name) : [],
    outcome: outcome.kind,
    because: reason(outcome, system, name),
  };
}

type Name = (number: ElementNumber) => string;

function namer(city: City): Name {
  const nodes = nodesOf(city);
  return number => {
    const node = nodes.get(number);
    return node === undefined ? `${number}` : nodeName(node);
  };
}

function allowedFrom(city: City, system: System): Explanation['allowed'] {
  const reasons = (segment: EndpointSegment) =>
    flowsInto(city, segment, system).map(({ protocol, ports, why }) => `${[protocol, ports.join(', ')].join(' ').trim()}: ${why}`);
  return Object.fromEntries(ENDPOINT_SEGMENTS.map(segment => [segment, reasons(segment)])) as unknown as Explanation['allowed'];
}

/** What an office's own router drops goes no way at all. */
const deniedBecause = ({ key, port }: System): string => `no flow lets people at an office use ${key}, tcp ${port}: their router drops it`;

/** The shortest path of those offered; several of one length share. */
function chosen(offers: readonly Offer[], { link }: Hop, name: Name): string {
  const used = offers.find(offer => offer.link === link);
  if (used === undefined) return 'no router offers this way';
  const others = offers.filter(offer => offer !== used);
  const [equal, longer] = [others.filter(at(used.path.length)), others.filter(offer => !at(used.path.length)(offer))];
  const show = ({ path }: Offer) => path.map(name).join(' ');
  return [
    `AS path ${show(used)}`,
    ...(equal.length === 0 ? [] : [`shared with ${equal.map(offer => linkName(offer.link)).join(', ')}`]),
    ...longer.map(offer => `longer over ${linkName(offer.link)}: ${show(offer)}`),
    ...(others.length === 0 ? ['nothing else is offered'] : []),
  ].join('; ');
}
const at =
  (length: number) =>
  ({ path }: Offer): boolean =>
    path.length === length;

function wayBack(
  prediction: Prediction,
  outcome: Outcome & { readonly site: ElementNumber },
  office: Endpoint,
  name: Name,
): readonly string[] {
  const table = prediction.toOwn('endpoints', office.aggregation);
  const words: string[] = [name(outcome.site)];
  for (let node = outcome.site; node !== office.aggregation; ) {
    const [link] = table.get(node)?.links ?? [];
    if (link === undefined) return [];
    node = farEnd(link, node);
    words.push(linkName(link), name(node));
  }
  const [line] = outcome.hops;
  return line === undefined ? words : [...words, linkName(line.link), name(office.number)];
}

const lostOnTheWayBack = (back: Outcome, name: Name): string =>
  back.kind === 'no-route' ? `${name(back.at)} has no route to the office` : `the answer is lost (${back.kind})`;

function reason(outcome: Outcome, system: System, name: Name): string {
  switch (outcome.kind) {
    case 'delivered':
      return `${name(outcome.site)} announces ${system.key} and answers`;
    case 'source-down':
      return 'the office itself is down';
    case 'lost':
      return `${linkName(outcome.link)} is down, and an office's route is fixed`;
    case 'no-route':
      return `${name(outcome.at)} has no route: no site that announces ${system.key} is in reach`;
    case 'loop':
      return `the packet comes to ${name(outcome.at)} a second time`;
    case 'no-return':
      return `${name(outcome.site)} has no way back: ${lostOnTheWayBack(outcome.back, name)}`;
    case 'no-writer':
      return `${name(outcome.site)} answers, and its applications reach no database that may write: ${describeWriter(outcome.writer)}`;
  }
}
