/**
 * How the core and one aggregation node get on: exact for any city, at the price of the few sites.
 *
 * No aggregation node passes on what it hears, so none knows of another: what one of them reaches depends only on which sites and
 * links between them are up, and to which sites its own uplinks are. One stand-in in front of the core represents all of them.
 */

import type { ElementNumber, LinkNumber, SiteHostRole } from '../identity.js';
import { type City, type Link, linkName, linksBetweenSites, nodeName, type Site, type System, siteHostName } from '../model.js';
import { remembered } from '../once.js';
import { answers, type Failure, hostsUp } from '../routing/failure.js';
import { type Prediction, predictorOf } from '../routing/prediction.js';
import type { Writer } from '../routing/writer.js';

/** The answers of the network to one aggregation node. */
export interface Trunk {
  /** Whether systems of a kind are reached, and work. */
  readonly serves: Readonly<Record<System['state'], boolean>>;
  readonly prediction: Prediction;
}

export interface Core {
  /** @param down names of sites, of their hosts and of links between them @param sites where the uplinks that are up lead, each once, ascending */
  trunk(down: readonly string[], sites: readonly ElementNumber[]): Trunk;
  writer(down: readonly string[]): Writer;
}

/** The stand-in; sites have numbers from 1. */
export const STAND_IN = 0 as ElementNumber;

export function coreOf(city: City): Core {
  const bare = bareCore(city);
  const predictors = remembered((sites: readonly ElementNumber[]) => predictorOf(withStandIn(bare, sites)), String);
  const effective = remembered((down: readonly string[]) => effectOf(bare.sites, down), String);
  const failures = remembered((down: readonly string[]) => failureBy(bare, down), String);
  const trunks = remembered(
    (sites: readonly ElementNumber[]) => remembered((down: readonly string[]) => trunkBy(predictors(sites)(failures(down))), String),
    String,
  );
  return {
    trunk: (down, sites) => trunks(sites)(effective(down)),
    writer: down => trunks([])(effective(down)).prediction.writer(),
  };
}

function trunkBy(prediction: Prediction): Trunk {
  const serves = (state: System['state']) => prediction.trunk(STAND_IN, state).kind === 'delivered';
  return { serves: { none: serves('none'), database: serves('database') }, prediction };
}

/** Sites and the links between them. */
const bareCore = (city: City): City => ({ ...city, aggregations: [], externals: [], endpoints: [], links: linksBetweenSites(city) });

function withStandIn(bare: City, sites: readonly ElementNumber[]): City {
  const standIn: City['aggregations'][number] = {
    kind: 'aggregation',
    number: STAND_IN,
    name: { vi: '', en: '' },
    validity: {},
    assumed: [],
    riskGroups: [],
    latitude: 0,
    longitude: 0,
  };
  return { ...bare, aggregations: [standIn], links: [...bare.links, ...sites.map(uplinkTo)] };
}

/** Numbers below those of real links, so that the two never meet. */
const uplinkTo = (site: ElementNumber): Link => ({
  number: -site as LinkNumber,
  kind: 'uplink',
  ends: [STAND_IN, site],
  carrier: '',
  riskGroups: [],
  rateBps: [0, 0],
  mtuBytes: 0,
  validity: {},
  assumed: [],
});

/**
 * Of hosts, what their being down comes to: whether a site still answers for systems and has a database, and how many votes it has lost.
 * Equal hosts stand for each other, so that what comes to the same is computed once.
 */
function effectOf(sites: readonly Site[], down: readonly string[]): readonly string[] {
  const hosts = new Set(down.filter(isHost));
  if (hosts.size === 0) return down;
  const failure = { hosts };
  const others = down.filter(name => !isHost(name));
  const lost = sites
    .filter(site => !others.includes(nodeName(site)))
    .flatMap(site => {
      const namesOf = (role: SiteHostRole) => site.hosts[role].map(slot => siteHostName(site, role, slot));
      const silent = answers(site, failure) || !answers(site, {}) ? [] : namesOf('edge');
      const empty = hostsUp(site, 'database', failure) > 0 ? [] : namesOf('database');
      return [...silent, ...empty, ...namesOf('etcd').slice(hostsUp(site, 'etcd', failure))];
    });
  return [...others, ...lost];
}

/** Names of sites and links have no dash. */
const isHost = (name: string): boolean => name.includes('-');

function failureBy({ sites, links }: City, down: readonly string[]): Failure {
  const names = new Set(down);
  return {
    hosts: new Set(down.filter(isHost)),
    nodes: new Set(sites.filter(site => names.has(nodeName(site))).map(({ number }) => number)),
    links: new Set(links.filter(link => names.has(linkName(link))).map(({ number }) => number)),
  };
}
