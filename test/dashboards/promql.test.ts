import { expect, test } from 'vitest';
import { labelsOf, metricsOf, mistakesOf } from './promql.js';

test.each([
  ['sum by (node) (citydc:endpoint_state', 'not PromQL'],
  ['citydc:endpoint_stat == 1', 'citydc:endpoint_stat is not in the table'],
  ['citydc:endpoint_state{site="s1"}', 'no label site'],
  ['sum by (site) (citydc:endpoint_state)', 'no label site'],
  ['citydc:endpoint_state * on (node) group_left (district) citydc:node_info', 'no label district'],
  ['label_replace(citydc:endpoint_state, "a", "$1", "link", "(.+)")', 'no label link'],
  ['citydc:endpoint_state - citydc:agent_fresh{node=""}', 'both sides have other labels'],
  // `and` binds less than `*`: the join is one with the observer, and never matches.
  ['(citydc:node_state == 1) and on () (citydc:observer_settled == 1) * on (node) group_left (name_vi) citydc:node_info', 'no label node'],
])('%s is refused', (expression, mistake) => expect(mistakesOf(expression).join()).toContain(mistake));

test('labels of the result are known', () => {
  const expression = 'max by (node) (citydc:node_state) * on (node) group_left (name_vi) citydc:node_info or vector(0)';
  expect(mistakesOf(expression)).toEqual([]);
  expect([...labelsOf(expression)]).toEqual(['node', 'name_vi']);
  expect(metricsOf(expression)).toEqual(['citydc:node_state', 'citydc:node_info']);
});
