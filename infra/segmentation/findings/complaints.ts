/** What is dropped on the ways of allowed flows, put together for people. */

import type { Family } from '../../city/addresses.js';
import type { ElementNumber } from '../../city/identity.js';
import { type Flow, type Link, nodeName, type Zone } from '../../city/model.js';
import type { Problem } from '../../city/problem.js';
import type { Topology } from '../../site/topology.js';
import { type Decided, decideAll } from '../nftables/evaluate.js';
import { type Filters, pathOfHost } from '../nftables/filters.js';
import { type Case, USUAL } from '../paths/cases.js';
import { type Spot, spotsOf } from '../paths/spots.js';
import type { FlowEnd, WayStep } from '../paths/ways.js';
import { ANY_PORT, state } from '../sets/packets.js';
import { firstPacket } from '../sets/region.js';
import { NONE, type Spans, union } from '../sets/spans.js';
import { answerTo, servicesOf, zoneAddresses } from '../symmetry/zones.js';
import { packetName } from './admitted.js';
import type { Demand } from './demands.js';

/** A filter that packets meet on their way there, or their answers on the way back. */
export interface Met {
  readonly step: WayStep;
  readonly spot: Spot;
  readonly answer: boolean;
  /** Whether the other direction goes through it, too: connection tracking knows no answer to what it has not seen. */
  readonly knows: boolean;
}

/** Addresses, by a number for short. */
interface Numbered {
  readonly number: number;
  readonly addresses: Spans;
}
const MOST_ENDS = 2 ** 20;

/**
 * What connection tracking calls the packets of a flow: from the second on, those that it saw go both ways are established. Of TCP that
 * it saw in one direction only, it takes the rest for invalid, or for something new that it picks up.
 */
function statesOf({ protocol }: Flow, answer: boolean, knows: boolean): Spans {
  if (knows) return answer ? state('established') : state('new', 'established');
  return protocol === 'tcp' ? state('new', 'invalid') : state('new');
}

type Complained = Pick<Problem, 'path' | 'message'> & { readonly hint: string; readonly taken?: boolean };

/** A problem on a way. */
export interface Complaint extends Problem {
  /** Whether the host itself is where the packets go: what is like it as a router has it, too, whatever is behind. */
  readonly taken: boolean;
}

/** What was dropped on the way, put together where it is the same rule and the same flow. */
export class Complaints {
  private readonly flows: readonly Flow[];
  private readonly zones: ReadonlyMap<Zone, Spans>;
  private readonly spots: (step: WayStep) => Spot | undefined;
  private readonly known = new Map<string, boolean>();
  private readonly ends = new Map<FlowEnd, Numbered>();
  private readonly exact = new Map<FlowEnd, Numbered>();
  private readonly named = new Map<string, Numbered>();
  private count = 0;
  private readonly found = new Map<string, Complained & { cases: number }>();
  constructor(
    private readonly topology: Topology,
    readonly family: Family,
    private readonly filters: Filters,
  ) {
    this.flows = topology.city.flows;
    this.zones = zoneAddresses(topology, family);
    this.spots = spotsOf(filters, family);
  }

  linesOf(office: ElementNumber): readonly Link[] {
    return (this.topology.linksAt.get(office) ?? []).filter(({ kind }) => kind === 'internet');
  }

  spotAt(step: WayStep, answer: boolean, knows: boolean): readonly Met[] {
    const spot = this.spots(step);
    return spot === undefined ? [] : [{ step, spot, answer, knows }];
  }

  /** If the packets between all of two zones get through, fewer do; else those of the one place, for rules distinguish offices by their own addresses. */
  meet(demand: Demand, met: Met, during: Case): void {
    const { from, to } = demand;
    if (this.passes(demand, met, this.zoned(from), this.zoned(to))) return;
    if (this.passes(demand, met, this.exactly(from), this.zoned(to))) return;
    if (this.passes(demand, met, this.zoned(from), this.exactly(to))) return;
    const dropped = this.decided(demand.flow, met, from.addresses, to.addresses);
    if (dropped !== undefined) this.drop(demand, met, dropped, during);
  }

  private passes({ flow }: Demand, met: Met, from: Numbered, to: Numbered): boolean {
    const { spot, answer, knows } = met;
    const packets = (this.flows.indexOf(flow) * MOST_ENDS + from.number) * MOST_ENDS + to.number;
    const key = `${spot.id} ${packets} ${answer} ${knows}`;
    const found = this.known.get(key) ?? this.decided(flow, met, from.addresses, to.addresses) === undefined;
    this.known.set(key, found);
    return found;
  }

  /** What of a request between addresses, or of its answer, is dropped. */
  private decided(flow: Flow, { spot, answer, knows }: Met, from: Spans, to: Spans): Decided | undefined {
    const what = answer
      ? { ...answerTo(flow, this.family), source: to, destination: from }
      : { service: servicesOf(flow, this.family), sourcePort: ANY_PORT, source: from, destination: to };
    const packets = { ...what, enters: spot.enters, leaves: spot.leaves, state: statesOf(flow, answer, knows) };
    return decideAll(spot.judges, packets).find(({ verdict }) => verdict === 'drop');
  }

  /** All addresses of a place's zones. */
  private zoned(place: FlowEnd): Numbered {
    const key = place.zones.join(' ');
    const known =
      this.ends.get(place) ?? this.named.get(key) ?? this.number(union(...place.zones.map(zone => this.zones.get(zone) ?? NONE)));
    this.ends.set(place, known);
    this.named.set(key, known);
    return known;
  }

  private exactly(place: FlowEnd): Numbered {
    const known = this.exact.get(place) ?? this.number(place.addresses);
    this.exact.set(place, known);
    return known;
  }

  private number(addresses: Spans): Numbered {
    this.count += 1;
    if (this.count >= MOST_ENDS) throw new RangeError(`more than ${MOST_ENDS} ends of flows`); // keys would meet
    return { number: this.count, addresses };
  }

  /** @param end who has no route back; undefined: there is no route there */
  noWay({ flow, from, to }: Demand, end: ElementNumber | undefined): void {
    const node = end === undefined ? undefined : this.topology.nodes.get(end);
    const why = node === undefined ? 'there is no route there' : `${nodeName(node)} has no route back`;
    this.add(`${flow.why} ${from.zones} ${to.zones} back`, USUAL, {
      path: 'flows',
      message: `'${flow.why}' is allowed from ${from.name} to ${to.name}, and ${why}`,
      hint: 'let the routing policy announce the route, or take the flow out of the matrix',
    });
  }

  /** A flow of which nothing can be shown. In a family in which one of its ends has no address there is nothing to show. */
  notWalked({ why, from, to }: Flow): void {
    const isThere = (zones: readonly Zone[]) => zones.some(zone => (this.zones.get(zone) ?? NONE).length > 0);
    if (!isThere(from) || !isThere(to)) return;
    this.add(`${why} not walked`, USUAL, {
      path: 'flows',
      message: `'${why}' is allowed from ${from} to ${to}, and nothing in the city begins it there or takes it`,
      hint: 'take the flow out of the matrix, or name the zones that are meant',
    });
  }

  problems(): readonly Complaint[] {
    return [...this.found.values()].map(({ path, message, hint, taken = false, cases }) => ({
      rule: 'segmentation',
      path,
      taken,
      message: cases > 1 ? `${message}; and ${cases - 1} more times` : message,
      hint,
    }));
  }

  private drop({ flow, from, to }: Demand, { step, answer }: Met, { rule, region }: Decided, during: Case): void {
    const by = rule === undefined ? 'the policy' : `rule '${rule.text}'`;
    const what = answer ? 'the answer' : 'the request';
    this.add(`${flow.why} ${step.host} ${step.hook} ${rule?.text} ${answer}`, during, {
      path: pathOfHost(this.topology, step.host),
      message: `${step.host} drops ${what} of '${flow.why}' between ${from.name} and ${to.name}: ${packetName(this.family, firstPacket(region), this.filters.devices)}; chain ${step.hook}, ${by}`,
      hint: answer
        ? 'let the answer pass where the request passes, or make both take one way'
        : `give ${step.host} the rule of this flow, before what drops it`,
      taken: step.hook === 'input',
    });
  }

  private add(key: string, { elements }: Case, finding: Complained): void {
    const known = this.found.get(key);
    const during = elements.length === 0 ? '' : `, while ${elements[0]} is down`;
    if (known === undefined) this.found.set(key, { ...finding, message: `${finding.message}${during}`, cases: 1 });
    else known.cases += 1;
  }
}
