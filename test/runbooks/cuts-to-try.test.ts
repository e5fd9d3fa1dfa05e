import { expect, test } from 'vitest';
import { cutsToTry } from '../../runbooks/proofs/cuts-to-try.js';
import { canTho } from '../site/cities.js';

test('twenty cuts: fifteen single and five double, the same for the same seed', () => {
  const cuts = cutsToTry(canTho, 20, 7);
  expect(cuts.map(({ elements }) => elements.length).toSorted()).toEqual([...Array(15).fill(1), ...Array(5).fill(2)]);
  expect(cutsToTry(canTho, 20, 7)).toEqual(cuts);
  expect(cutsToTry(canTho, 20, 8)).not.toEqual(cuts);
});

test('single cuts are of different elements, and every cut takes a line that routes are spoken over', () => {
  const cuts = cutsToTry(canTho, 20, 1);
  const singles = cuts.filter(({ elements }) => elements.length === 1).map(({ elements: [name] }) => name);
  expect(new Set(singles).size).toBe(15);
  const spoken = new Set(canTho.links.filter(({ kind }) => kind === 'core' || kind === 'uplink').map(({ number }) => number));
  expect(cuts.every(({ links }) => links.some(link => spoken.has(link)))).toBe(true);
});

test('no more than there are', () => expect(cutsToTry(canTho, 0, 1)).toEqual([]));
