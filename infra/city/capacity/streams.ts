/** Where the traffic of one aggregation node's offices goes, and that between the sites: streams on uplinks and on the core. */

import type { Footprint, Terrain, Uplink } from '../failures/footprint.js';
import { type Core, STAND_IN, type Trunk } from '../failures/trunk.js';
import { grouped } from '../grouped.js';
import type { ElementNumber, LinkNumber } from '../identity.js';
import type { City, Link, System } from '../model.js';
import { type OfficeDemand, type Rates, sumOfDemands } from './demand.js';
import { type Spread, spread } from './spread.js';

/** Traffic on one direction of one link. */
export interface Stream {
  readonly link: LinkNumber;
  /** As the link's ends count: 0 is from the first to the second. */
  readonly direction: 0 | 1;
  readonly bps: number;
}

export interface Network {
  readonly terrain: Terrain;
  readonly core: Core;
  readonly demand: ReadonlyMap<ElementNumber, OfficeDemand>;
}

/** The traffic of the offices behind an aggregation node, on its uplinks and across the core. */
export function officeStreams({ terrain, core, demand }: Network, failed: Footprint, aggregation: ElementNumber): readonly Stream[] {
  const { nodes, links } = failed.element.down;
  if (nodes.has(aggregation)) return [];
  const offices = (terrain.offices.get(aggregation) ?? []).filter(office => !nodes.has(office.number) && !failed.cutLines.has(office));
  const asked = sumOfDemands(offices.map(({ number }) => demand.get(number)));
  const working = (terrain.uplinks.get(aggregation) ?? []).filter(({ link }) => !links.has(link.number));
  const bySite = grouped(working, ({ site }) => [site]);
  const trunk = core.trunk(
    failed.core,
    [...bySite.keys()].toSorted((a, b) => a - b),
  );
  const states = (['none', 'database'] as const).filter(state => trunk.serves[state]);
  return states.flatMap(state => trunkStreams(trunk, bySite, state, asked[state]));
}

type UplinksBySite = ReadonlyMap<ElementNumber, readonly Uplink[]>;

/** There, back, and between the site that answers and the one that writes: as much again as the office asks, which is the most it can be. */
function trunkStreams({ prediction }: Trunk, uplinks: UplinksBySite, state: System['state'], asked: Rates): readonly Stream[] {
  const lines = ({ number, ends }: Link) => (number < 0 ? (uplinks.get(ends[1])?.length ?? 0) : 1);
  const way = (table: Spread, bps: number) => streamsOf(table, uplinks, bps);
  const there = spread(prediction.toService(state), STAND_IN, lines);
  const writer = prediction.writer();
  const behind = [...there.arrived].flatMap(([site, ratio]) => {
    const back = way(spread(prediction.toOwn('endpoints', STAND_IN), site, lines), ratio * asked.toOfficeBps);
    if (state === 'none' || writer.kind !== 'one' || writer.site === site) return back;
    return [
      ...back,
      ...way(spread(prediction.toOwn('lans', writer.site), site), ratio * asked.toSystemBps),
      ...way(spread(prediction.toOwn('lans', site), writer.site), ratio * asked.toOfficeBps),
    ];
  });
  return [...way(there, asked.toSystemBps), ...behind];
}

/** A stand-in's link is all real uplinks to its site, alike. */
function streamsOf({ shares }: Spread, uplinks: UplinksBySite, bps: number): readonly Stream[] {
  return shares.flatMap(({ link, from, ratio }): readonly Stream[] => {
    const direction = link.ends[0] === from ? 0 : 1;
    if (link.number > 0) return [{ link: link.number, direction, bps: ratio * bps }];
    const real = uplinks.get(link.ends[1]) ?? [];
    return real.map(uplink => ({ link: uplink.link.number, direction, bps: (ratio * bps) / real.length }));
  });
}

/** What runs between the sites by day and by night. */
export function siteStreams(
  { sites, capacity }: City,
  core: Core,
  failed: Footprint,
): Readonly<Record<'day' | 'night', readonly Stream[]>> {
  const { prediction } = core.trunk(failed.core, []);
  const writer = prediction.writer();
  if (writer.kind !== 'one') return { day: [], night: [] };
  const others = sites.filter(({ number }) => number !== writer.site && !failed.element.down.nodes.has(number));
  const to = (role: 'database' | 'repository', bps: number) =>
    others
      .filter(({ hosts }) => hosts[role].length > 0)
      .flatMap(({ number }) => streamsOf(spread(prediction.toOwn('lans', number), writer.site), new Map(), bps));
  const { gigabytes, hours } = capacity.nightlyBackup;
  const day = to('database', capacity.replicationBps);
  return { day, night: [...day, ...to('repository', (gigabytes * 8e9) / (hours * 3600))] };
}
