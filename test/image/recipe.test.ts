import { describe, expect, test } from 'vitest';
import { type Recipe, recipe, recipeDigest } from '../../infra/image/recipe.js';
import { ALL_PROGRAMS, programsOf } from '../../infra/site/roles.js';
import { topologyOf } from '../../infra/site/topology.js';
import { smallCity } from '../site/cities.js';

const NODE = 'v20.19.0 x64';
const made = recipe(NODE);

test('the packages are those of the programs, each once, in order', () => {
  expect(new Set(made.packages)).toEqual(new Set(ALL_PROGRAMS.flatMap(({ packages }) => packages)));
  expect(made.packages).toEqual([...new Set(made.packages)].toSorted());
});

test('every program that a host runs is among them', () => {
  const run = topologyOf(smallCity).machines.flatMap(programsOf);
  expect(new Set(run)).toEqual(new Set(ALL_PROGRAMS));
});

test('no package is a service that starts by itself on the machine', () => expect(made.packages).not.toContain('systemd'));

describe('the digest', () => {
  const changes: readonly (readonly [string, Partial<Recipe>])[] = [
    ['a package', { packages: [...made.packages, 'snmpd'] }],
    ['a package less', { packages: made.packages.slice(1) }],
    ['the suite', { suite: 'trixie' }],
    ['what is trimmed', { trims: made.trims.slice(1) }],
    ["this machine's Node", { node: 'v22.1.0 x64' }],
  ];
  test.each(changes)('changes with %s', (_, change) => expect(recipeDigest({ ...made, ...change })).not.toBe(recipeDigest(made)));
  test('is the same for the same recipe', () => expect(recipeDigest(recipe(NODE))).toBe(recipeDigest(made)));
  test('is a short name for a folder', () => expect(recipeDigest(made)).toMatch(/^[0-9a-f]{12}$/));
});
