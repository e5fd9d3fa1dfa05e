/** A name means one thing: a type that a file exports has a name of its own in the whole repository. */

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { grouped } from '../infra/city/grouped.js';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const EXPORTED = /^export (?:abstract )?(?:interface|type|class) (\w+)/gm;

const sources = ['infra', 'agents', 'dashboards', 'runbooks'].flatMap(room =>
  readdirSync(join(ROOT, room), { recursive: true, encoding: 'utf8' })
    .map(path => `${room}/${path}`)
    .filter(path => path.endsWith('.ts') && !path.endsWith('.d.ts')),
);

const typesIn = (text: string): readonly string[] => [...text.matchAll(EXPORTED)].map(([, name = '']) => name);

/** Files by the types that they export. */
const filesOf = grouped(sources, path => typesIn(readFileSync(join(ROOT, path), 'utf8')));

test('an exported type has a name of its own', () => {
  const shared = [...filesOf].filter(([, files]) => files.length > 1);
  expect(shared.map(([name, files]) => `${name}: ${files.join(', ')}`)).toEqual([]);
});

test('exported types are found in whatever form', () => {
  expect(typesIn('export interface A {\nexport type B<T> = T;\nexport abstract class C {\ninterface D {\n')).toEqual(['A', 'B', 'C']);
  expect(filesOf.size).toBeGreaterThan(300);
});
