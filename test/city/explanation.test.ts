import { describe, expect, test } from 'vitest';
import type { Endpoint, System } from '../../infra/city/model.js';
import { explain } from '../../infra/city/routing/explanation.js';
import { elementsOf, failureOf } from '../../infra/city/routing/failure.js';
import { canTho } from '../site/cities.js';

const office = canTho.endpoints.find(({ number }) => number === 131) as Endpoint;
const system = (key: string) => canTho.systems.find(each => each.key === key) as System;
const asked = (key: string, ...down: readonly string[]) =>
  explain(canTho, failureOf(elementsOf(canTho).filter(({ name }) => down.includes(name))), office, system(key));

test('while nothing is down: every step, what else was offered, and the way back', () =>
  expect(asked('portal')).toMatchObject({
    way: [
      { node: 'e131', link: 'l131', next: 'n73', because: 'the fixed route of its line' },
      { node: 'n73', link: 'l24', next: 's1', because: 'AS path s1; longer over l25: s2 s2 s2 s2' },
    ],
    back: ['s1', 'l24', 'n73', 'l131', 'e131'],
    outcome: 'delivered',
    because: 's1 announces portal and answers',
  }));

test('which segments may: the reasons of the flows, and none', () =>
  expect(asked('portal').allowed).toEqual({
    office: ['tcp 80: staff use every shared system', 'icmp: an office can see for itself what it reaches'],
    counter: ['tcp 80: the desk where citizens are served'],
    video: [],
    management: ['icmp: an office can see for itself what it reaches', "tcp 80: each office's agent asks every system as its staff does"],
  }));

describe('a primary that has come back is held behind', () => {
  const held = (...down: readonly string[]) => {
    const failure = failureOf(elementsOf(canTho).filter(({ name }) => down.includes(name)));
    return explain(canTho, { ...failure, held: new Set([canTho.sites[0]?.number as Endpoint['aggregation']]) }, office, system('portal'));
  };
  test('while the backup announces, it serves', () =>
    expect(held()).toMatchObject({
      way: [{ link: 'l131' }, { link: 'l25', because: 'AS path s2 s2 s2 s2; longer over l24: s1 s1 s1 s1 s1 s1 s1' }],
      because: 's2 announces portal and answers',
    }));
  test('and it is the only path there is, when the backup is gone', () =>
    expect(held('s2')).toMatchObject({ outcome: 'delivered', because: 's1 announces portal and answers' }));
});

test('what no flow allows goes no way: denied', () => {
  const flows = canTho.flows.filter(({ why }) => why !== 'staff use every shared system');
  expect(explain({ ...canTho, flows }, failureOf([]), office, system('warehouse'))).toMatchObject({
    allowed: { counter: [], video: [] },
    way: [],
    back: [],
    outcome: 'denied',
    because: 'no flow lets people at an office use warehouse, tcp 80: their router drops it',
  });
});

describe('what does not arrive says why', () => {
  test.each([
    ['portal', ['l131'], 'lost', "l131 is down, and an office's route is fixed"],
    ['portal', ['e131'], 'source-down', 'the office itself is down'],
    ['video', ['s1', 'l25'], 'no-route', 'n73 has no route: no site that announces video is in reach'],
    [
      'portal',
      ['s3', 'l1', 'l2', 'l24'],
      'no-writer',
      's2 answers, and its applications reach no database that may write: s1 hears 1 of 3 votes, s2 hears 1 of 3 votes',
    ],
  ])('%s while %j is down: %s', (key, down, outcome, because) => expect(asked(key, ...down)).toMatchObject({ outcome, because }));
});
