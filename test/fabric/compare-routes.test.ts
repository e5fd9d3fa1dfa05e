import { expect, test } from 'vitest';
import { differences, kernelRoutes } from '../../infra/fabric/compare-routes.js';

const wanted = [
  { prefix: '10.101.0.3', devices: ['l24'] },
  { prefix: '10.104.32.0/20', devices: ['l1', 'l2'] },
];
const shared = { dst: '10.104.32.0/20', nexthops: [{ dev: 'l2' }, { dev: 'l1' }] };

test('as predicted, shared ways in any order', () =>
  expect(differences('n73', wanted, [{ dst: '10.101.0.3', dev: 'l24' }, shared])).toEqual([]));

test('another way, a missing way, and one that nothing predicts', () =>
  expect(
    differences('n73', wanted, [
      { dst: '10.101.0.3', dev: 'l25' },
      { dst: '10.101.0.9', dev: 'l24' },
    ]),
  ).toEqual([
    { host: 'n73', prefix: '10.101.0.3', predicted: 'l24', found: 'l25' },
    { host: 'n73', prefix: '10.104.32.0/20', predicted: 'l1 and l2', found: 'nowhere' },
    { host: 'n73', prefix: '10.101.0.9', predicted: 'nowhere', found: 'l24' },
  ]));

test('one of two shared ways is a difference', () =>
  expect(differences('s1-router1', wanted.slice(1), [{ dst: '10.104.32.0/20', dev: 'l1' }])).toHaveLength(1));

test('a family without routes answers nothing', () => expect(kernelRoutes(['', '[]', '[{"dst":"10.0.0.1","dev":"l1"}]'])).toHaveLength(1));
