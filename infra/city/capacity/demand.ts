/** What offices ask of the systems in the busy hour. */

import type { City, Endpoint, System } from '../model.js';

/** Bits per second, to the systems and back. */
export interface Rates {
  readonly toSystemBps: number;
  readonly toOfficeBps: number;
}
export type OfficeDemand = Readonly<Record<System['state'], Rates>>;

/** By what the systems keep, since that decides where the traffic goes. */
export function demandOf(city: City): (office: Endpoint) => OfficeDemand {
  const perHead = { none: headsOf(city, 'none'), database: headsOf(city, 'database') };
  return office => ({ none: ratesOf(office, perHead.none), database: ratesOf(office, perHead.database) });
}

export const sumOfDemands = (demands: readonly (OfficeDemand | undefined)[]): OfficeDemand => ({
  none: sumOfRates(demands.map(demand => demand?.none ?? NOTHING)),
  database: sumOfRates(demands.map(demand => demand?.database ?? NOTHING)),
});

export const sumOfRates = (rates: readonly Rates[]): Rates => rates.reduce(addRates, NOTHING);
const NOTHING: Rates = { toSystemBps: 0, toOfficeBps: 0 };

const addRates = (one: Rates, other: Rates): Rates => ({
  toSystemBps: one.toSystemBps + other.toSystemBps,
  toOfficeBps: one.toOfficeBps + other.toOfficeBps,
});

interface Heads {
  readonly user: Rates;
  readonly 'video-point': Rates;
}

/** All systems of a kind together, for one user and for one video point. */
function headsOf({ systems }: City, state: System['state']): Heads {
  const of = (per: keyof Heads) =>
    sumOfRates(systems.filter(system => system.state === state && system.demand.per === per).map(({ demand }) => demand));
  return { user: of('user'), 'video-point': of('video-point') };
}

const ratesOf = ({ users, videoPoints }: Endpoint, heads: Heads): Rates =>
  addRates(times(heads.user, users), times(heads['video-point'], videoPoints));

const times = ({ toSystemBps, toOfficeBps }: Rates, factor: number): Rates => ({
  toSystemBps: toSystemBps * factor,
  toOfficeBps: toOfficeBps * factor,
});
