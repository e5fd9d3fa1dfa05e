import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { jsonOf, own, parseJson } from '../../agents/contract/json.js';
import { usersIn } from '../../agents/contract/passwd.js';
import { readJson } from '../../infra/city/json.js';
import { once, remembered } from '../../infra/city/once.js';

const form = z.object({ port: z.number(), name: z.string() });

describe('JSON by its form', () => {
  test('is the value, without what the form does not name', () =>
    expect(parseJson(form, '{"port":1,"name":"a","more":0}')).toEqual({ ok: true, value: { port: 1, name: 'a' } }));

  test.each([
    ['{"port":"x"}', ['port: Invalid input: expected number, received string', 'name: Invalid input: expected string, received undefined']],
    ['[]', ['Invalid input: expected object, received array']],
    ['{"port":', [expect.stringContaining('not JSON: ')]],
  ])('%s: all its problems', (text, problems) => {
    expect(parseJson(form, text)).toEqual({ ok: false, problems });
    expect(jsonOf(form, text)).toBeUndefined();
    expect(() => readJson(form, text, 'the answer', 'ask again')).toThrow(
      expect.objectContaining({ message: 'the answer cannot be read', hint: 'ask again', cause: expect.any(String) }),
    );
  });

  test('our own record is an object of a schema that this program knows', () => {
    expect(['{}', '{"schema":1,"a":2}'].map(text => jsonOf(own(), text))).toEqual([{}, { schema: 1, a: 2 }]);
    expect(['{"schema":2}', '1', 'null', '"a"'].map(text => jsonOf(own(), text))).toEqual(Array(4).fill(undefined));
  });
});

test('the users of a passwd file; lines that are none do not count', () =>
  expect(usersIn('root:x:0:0:root:/root:/bin/sh\npostgres:x:101:103::/:\n\nbroken:x\n')).toEqual(
    new Map([
      ['root', { uid: 0, gid: 0 }],
      ['postgres', { uid: 101, gid: 103 }],
    ]),
  ));

test('what is remembered is worked out once a key, undefined too', () => {
  const asked: string[] = [];
  const work = remembered(
    (list: readonly string[]): undefined => void asked.push(list.join()),
    list => list.length,
  );
  for (const list of [['a'], ['b'], ['a', 'b']]) expect(work(list)).toBeUndefined();
  expect(asked).toEqual(['a', 'a,b']);
  let count = 0;
  const byObject = once((_: object) => ++count);
  const one = {};
  expect([byObject(one), byObject(one), byObject({})]).toEqual([1, 1, 2]);
});
