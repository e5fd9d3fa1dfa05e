/** `citydc check --explain e131 portal [--while-down l24,s1]`. */

import { cutsBetween } from '../../city/failures/cuts.js';
import { surveyOf } from '../../city/failures/survey.js';
import { type City, type Endpoint, nodeName, type Site, type System } from '../../city/model.js';
import { type Explanation, explain } from '../../city/routing/explanation.js';
import { elementsOf, failureOf } from '../../city/routing/failure.js';
import { isDataCentre } from '../../city/routing/policy.js';
import { usage } from '../failure.js';
import { findOne } from '../find.js';
import { table } from '../table.js';

/** Why an office reaches a system or not, in a state of the network. */
export interface PathQuestion {
  readonly office: Endpoint;
  readonly system: System;
  /** Names of elements. */
  readonly down: readonly string[];
  /** Sites that have returned and are still held: announced behind everything else. */
  readonly held: readonly Site[];
}

/** The question that the command line asks. @throws {InputError} when an office, a system or an element is not there, or several fit */
export function questionOf(
  city: City,
  [office, system, ...rest]: readonly string[],
  down: readonly string[],
  held: readonly string[],
): PathQuestion {
  if (office === undefined || system === undefined || rest.length > 0)
    throw usage('--explain', 'it takes an office and a system', 'as: citydc check can-tho-2022 --explain e131 portal');
  return {
    office: officeOf(city, office),
    system: systemOf(city, system),
    down: down.map(name => elementOf(city, name)),
    held: held.map(name => siteOf(city, name)),
  };
}

interface Answer extends Explanation {
  /** Single elements that take the system from the office while nothing else is down. */
  readonly cutBy: readonly string[];
}

/** The answer, as data and as text for people. */
export function answer(city: City, question: PathQuestion): { readonly answered: Answer; readonly text: string } {
  const { office, system, down, held } = question;
  const failed = failureOf(elementsOf(city).filter(({ name }) => down.includes(name)));
  const failure = { ...failed, held: new Set(held.map(({ number }) => number)) };
  const { terrain, cuts } = surveyOf(city);
  const answered = { ...explain(city, failure, office, system), cutBy: cutsBetween(terrain, cuts, office, system) };
  return { answered, text: describe(question, answered) };
}

function describe({ office, system, down, held }: PathQuestion, { allowed, way, back, outcome, because, cutBy }: Answer): string {
  const name = nodeName(office);
  return [
    `${name} (${office.name.vi}) to ${system.key} (${system.name.vi}), ${down.length === 0 ? 'nothing' : down.join(', ')} down${held.length === 0 ? '' : `, ${held.map(nodeName).join(', ')} held`}`,
    table(
      ['from segment', 'allowed'],
      Object.entries(allowed).map(([segment, reasons]) => [
        segment,
        reasons.length === 0 ? 'denied: no flow allows it' : reasons.join('; '),
      ]),
    ),
    ...(way.length === 0 ? [] : [wayTable(way)]),
    ...(back.length === 0 ? [] : [`back: ${back.join(' ')}`]),
    `${outcome}: ${because}`,
    ...(outcome === 'denied' ? [] : [`single failures that cut it: ${cutBy.length === 0 ? 'none' : cutBy.join(', ')}`]),
  ].join('\n');
}

const wayTable = (way: Answer['way']): string =>
  table(
    ['at', 'leaves by', 'to', 'because'],
    way.map(({ node, link, next, because }) => [node, link, next, because]),
  );

const officeOf = (city: City, wanted: string): Endpoint =>
  byName(
    city.endpoints,
    nodeName,
    findOne(
      'office',
      wanted,
      city.endpoints.map(each => ({ id: nodeName(each), words: [each.name.vi, each.name.en], code: each.code })),
      city.endpoints.map(nodeName),
    ),
  );

const systemOf = (city: City, wanted: string): System =>
  byName(
    city.systems,
    ({ key }) => key,
    findOne(
      'system',
      wanted,
      city.systems.map(({ key, name }) => ({ id: key, words: [name.vi, name.en], code: undefined })),
      city.systems.map(({ key }) => key),
    ),
  );

/** Only data centres announce services, so only they can be held. */
function siteOf(city: City, wanted: string): Site {
  const sites = city.sites.filter(isDataCentre);
  const words = sites.map(site => ({ id: nodeName(site), words: [site.name.vi, site.name.en], code: undefined }));
  return byName(sites, nodeName, findOne('data centre', wanted, words, sites.map(nodeName)));
}

function elementOf(city: City, wanted: string): string {
  const elements = elementsOf(city);
  return findOne(
    'element',
    wanted,
    elements.map(({ name, title }) => ({ id: name, words: [title], code: undefined })),
    elements.map(({ name }) => name),
  );
}

function byName<T>(list: readonly T[], nameOf: (item: T) => string, name: string): T {
  const found = list.find(item => nameOf(item) === name);
  if (found === undefined) throw new Error(`${name} was found and is gone`);
  return found;
}
