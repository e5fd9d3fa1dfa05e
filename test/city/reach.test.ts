import { expect, test } from 'vitest';
import { elementName, elementsOf, failureOf } from '../../infra/city/routing/failure.js';
import { predictorOf } from '../../infra/city/routing/prediction.js';
import { cutOffBy } from '../../infra/city/routing/reach.js';
import { canTho } from '../site/cities.js';

const cutOff = cutOffBy(canTho);
const elements = elementsOf(canTho);

test('every element alone: what is cut off is what the way of every office says', () => {
  const predict = predictorOf(canTho);
  for (const element of elements) {
    const failure = failureOf(canTho, [element]);
    const prediction = predict(failure);
    const found = cutOff(failure);
    for (const state of ['none', 'database'] as const) {
      const system = canTho.systems.find(each => each.state === state) as never;
      const lost = canTho.endpoints.filter(office => !['delivered', 'source-down'].includes(prediction.path(office, system).kind));
      expect(
        found[state].map(({ number }) => number),
        elementName(canTho, element),
      ).toEqual(lost.map(({ number }) => number));
    }
  }
});
