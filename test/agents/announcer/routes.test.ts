import { describe, expect, test } from 'vitest';
import { batch, parseRoutes, type Route, routesOf } from '../../../agents/announcer/routes.js';

const SERVICE = { v4: '10.101.0.3', v6: 'fd00::3' };
const EDGE = { v4: '10.104.16.17', v6: 'fd00::c:11' };
const OTHER = { v4: '10.104.16.18', v6: 'fd00::c:12' };
const preferred = routesOf(SERVICE, 'preferred', [EDGE]);
const held = routesOf(SERVICE, 'held', [EDGE]);

describe('batch', () => {
  test('nothing to do is no line', () => expect(batch(preferred, preferred)).toEqual([]));
  test('a switch adds the new routes of both families before it deletes the old', () =>
    expect(batch(held, preferred)).toEqual([
      'route replace 10.101.0.3 proto 88 metric 10 via 10.104.16.17',
      'route replace fd00::3 proto 88 metric 10 via fd00::c:11',
      'route del 10.101.0.3 proto 88 metric 20',
      'route del fd00::3 proto 88 metric 20',
    ]));
  test('several edges are one multipath route', () =>
    expect(batch(preferred, routesOf(SERVICE, 'preferred', [OTHER, EDGE]))).toEqual([
      'route replace 10.101.0.3 proto 88 metric 10 nexthop via 10.104.16.17 nexthop via 10.104.16.18',
      'route replace fd00::3 proto 88 metric 10 nexthop via fd00::c:11 nexthop via fd00::c:12',
    ]));
  test('a stray route goes', () =>
    expect(batch([...preferred, { address: '10.101.9.9', metric: 10, via: ['10.104.16.17'] }], preferred)).toEqual([
      'route del 10.101.9.9 proto 88 metric 10',
    ]));
});

describe('parseRoutes', () => {
  test('reads what ip prints', () => {
    const json = JSON.stringify([
      { dst: '10.101.0.3', gateway: '10.104.16.17', dev: 'lan', protocol: '88', metric: 10, flags: [] },
      { dst: '10.101.0.4', protocol: '88', metric: 20, nexthops: [{ gateway: '10.104.16.18' }, { gateway: '10.104.16.17' }] },
      { dst: 'fd00::3', gateway: 'fd00::c:11', dev: 'br-edge', protocol: '88', metric: 10, flags: [], pref: 'medium' },
    ]);
    expect(parseRoutes(json)).toEqual([
      { address: '10.101.0.3', metric: 10, via: ['10.104.16.17'] },
      { address: '10.101.0.4', metric: 20, via: ['10.104.16.17', '10.104.16.18'] },
      { address: 'fd00::3', metric: 10, via: ['fd00::c:11'] },
    ] satisfies Route[]);
  });
  test('an empty table may print nothing', () => expect(parseRoutes('')).toEqual([]));
});
