/** Ways without anything that is down stay as they are: what makes every single failure quick to examine. */

import { expect, test } from 'vitest';
import { NOTHING_FAILED } from '../../infra/city/routing/failure.js';
import { predictorOf } from '../../infra/city/routing/prediction.js';
import { casesOf } from '../../infra/segmentation/paths/cases.js';
import { type Routed, type Trail, trailsTo } from '../../infra/segmentation/paths/ways.js';
import { canTho } from '../site/cities.js';

const predict = predictorOf(canTho);
const usual = predict(NOTHING_FAILED);
const routers = [...canTho.sites, ...canTho.aggregations, ...canTho.externals].map(({ number }) => number);
const places: readonly Routed[] = [
  ...canTho.sites.map(({ number }) => ({ class: 'lans', node: number }) as const),
  ...canTho.aggregations.map(({ number }) => ({ class: 'endpoints', node: number }) as const),
  ...canTho.externals.map(({ number }) => ({ class: 'externals', node: number }) as const),
  ...routers.map(number => ({ class: 'loopbacks', node: number }) as const),
];
const said = (trails: readonly Trail[]) => trails.map(({ hops, end }) => `${hops.map(({ link }) => link.number)} ${end}`);

test('in every case of the city', () => {
  const before = places.flatMap(routed =>
    routers.map(start => ({ routed, start, trails: trailsTo(routed, start, usual, NOTHING_FAILED) })),
  );
  const cases = casesOf(canTho);
  expect(cases.length).toBeGreaterThan(40);
  for (const { failure } of cases) {
    const now = predict(failure);
    const up = ({ hops, end }: Trail) =>
      !failure.nodes.has(end) && hops.every(({ node, link }) => !failure.nodes.has(node) && !failure.links.has(link.number));
    for (const { routed, start, trails } of before.filter(each => !failure.nodes.has(each.start) && each.trails.every(up)))
      expect(said(trailsTo(routed, start, now, failure))).toEqual(said(trails));
  }
});
