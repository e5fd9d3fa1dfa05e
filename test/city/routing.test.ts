/** What the network is predicted to do, in the shipped city. */

import { describe, expect, test } from 'vitest';
import { type Endpoint, linkName, type Site, type System } from '../../infra/city/model.js';
import { elementsOf, failureOf } from '../../infra/city/routing/failure.js';
import { type Outcome, predictorOf } from '../../infra/city/routing/prediction.js';
import { canTho } from '../site/cities.js';

const predict = predictorOf(canTho);
const elements = elementsOf(canTho);
const without = (...names: readonly string[]) => predict(failureOf(elements.filter(({ name }) => names.includes(name))));
const office = canTho.endpoints.find(({ number }) => number === 131) as Endpoint; // behind n73
const system = (key: string) => canTho.systems.find(each => each.key === key) as System;
const said = ({ hops, ...outcome }: Outcome) =>
  `${hops.map(({ node, link }) => `${node} ${linkName(link)}`).join(', ')}: ${outcome.kind} ${
    'site' in outcome ? outcome.site : 'at' in outcome ? outcome.at : 'link' in outcome ? linkName(outcome.link) : ''
  }`.trim();

describe('the way from an office to a system', () => {
  test.each([
    [[], 'portal', '131 l131, 73 l24: delivered 1'],
    [['l24'], 'portal', '131 l131, 73 l25: delivered 2'],
    [['s1'], 'signatures', '131 l131, 73 l25: delivered 2'],
    [['s1', 'l25'], 'signatures', '131 l131: no-route 73'],
    [['l131'], 'portal', '131 l131: lost l131'],
    [['n73'], 'portal', '131 l131: lost l131'],
    [['e131'], 'portal', ': source-down'],
    [['carrier-b'], 'portal', '131 l131: lost l131'],
    [['s3', 'l1', 'l2'], 'portal', '131 l131, 73 l25: no-writer 2'],
    [['s3', 'l1', 'l2'], 'signatures', '131 l131, 73 l24: delivered 1'],
    [['building-s1'], 'portal', '131 l131, 73 l25: delivered 2'],
  ])('while %j is down, to %s: %s', (down, key, expected) => {
    expect(said(without(...down).path(office, system(key)))).toBe(expected);
  });
});

test('every element of the city fails once and nothing loops', () => {
  const outcomes = elements.map(element => predict(element.down).path(office, system('portal')).kind);
  expect(new Set(outcomes)).toEqual(new Set(['delivered', 'lost', 'source-down']));
});

test('a site hears the others over both core links, and the witness over its own', () => {
  const [primary, backup, witness] = canTho.sites as [Site, Site, Site];
  const way = (to: Site, from: Site) => without().toOwn('lans', to.number).get(from.number)?.links.map(linkName);
  expect([way(backup, primary), way(witness, primary), way(backup, witness)]).toEqual([['l1', 'l2'], ['l3'], ['l4']]);
});
