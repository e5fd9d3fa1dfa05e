import { describe, expect, test } from 'vitest';
import { batch, parseRoutes, type Route, routeOf } from '../../../agents/announcer/routes.js';

const preferred = routeOf('10.101.0.3', 'preferred', ['10.104.16.17']);
const held = routeOf('10.101.0.3', 'held', ['10.104.16.17']);

describe('batch', () => {
  test('nothing to do is no line', () => expect(batch([preferred], [preferred])).toEqual([]));
  test('a switch adds the new route before it deletes the old', () =>
    expect(batch([held], [preferred])).toEqual([
      'route replace 10.101.0.3/32 proto 88 metric 10 via 10.104.16.17',
      'route del 10.101.0.3/32 proto 88 metric 20',
    ]));
  test('several edges are one multipath route', () =>
    expect(batch([preferred], [routeOf('10.101.0.3', 'preferred', ['10.104.16.18', '10.104.16.17'])])).toEqual([
      'route replace 10.101.0.3/32 proto 88 metric 10 nexthop via 10.104.16.17 nexthop via 10.104.16.18',
    ]));
  test('a stray route goes', () =>
    expect(batch([preferred, { address: '10.101.9.9', metric: 10, via: ['10.104.16.17'] }], [preferred])).toEqual([
      'route del 10.101.9.9/32 proto 88 metric 10',
    ]));
});

describe('parseRoutes', () => {
  test('reads what ip prints', () => {
    const json = JSON.stringify([
      { dst: '10.101.0.3', gateway: '10.104.16.17', dev: 'lan', protocol: '88', metric: 10, flags: [] },
      { dst: '10.101.0.4', protocol: '88', metric: 20, nexthops: [{ gateway: '10.104.16.18' }, { gateway: '10.104.16.17' }] },
    ]);
    expect(parseRoutes(json)).toEqual([
      { address: '10.101.0.3', metric: 10, via: ['10.104.16.17'] },
      { address: '10.101.0.4', metric: 20, via: ['10.104.16.17', '10.104.16.18'] },
    ] satisfies Route[]);
  });
  test('an empty table may print nothing', () => expect(parseRoutes('')).toEqual([]));
});
