import * as z from 'zod';
import type { Position, Problem } from '../problem.js';
import { listed, shown, wordHint } from './hint.js';
import { versionHint } from './version.js';

interface Where {
  readonly path: string;
  at(field?: string, wantsKey?: boolean): Position;
}

/** What the schema found, in our words: what was found, what is allowed, the next step. */
export function issuesToProblems(issues: readonly z.core.$ZodIssue[], raw: unknown, schema: z.ZodType, where: Where): readonly Problem[] {
  return issues.flatMap(issue => {
    const path = issue.path.map(String);
    if (issue.code === 'unrecognized_keys') return issue.keys.map(name => unknownKey(name, path, schema, where));
    if (issue.code === 'invalid_key') return [keyIssue(issue, path, where)];
    return [valueIssue(issue, path, valueAt(raw, path), where)];
  });
}

function unknownKey(name: string, path: readonly string[], schema: z.ZodType, where: Where): Problem {
  const field = [...path, name].join('.');
  return {
    rule: 'unknown-key',
    path: joined(where.path, field),
    message: `unknown key ${shown(name)}`,
    hint: wordHint(name, keysAt(schema, path)),
    at: where.at(field, true),
  };
}

function keyIssue({ issues }: z.core.$ZodIssueInvalidKey, path: readonly string[], where: Where): Problem {
  const [allowed, field] = [issues[0]?.message ?? '', path.join('.')];
  return {
    rule: 'wrong-value',
    path: joined(where.path, field),
    message: `found the key ${shown(path.at(-1))}, expected ${allowed}`,
    hint: `write ${allowed}`,
    at: where.at(field, true),
  };
}

function valueIssue(issue: z.core.$ZodIssue, path: readonly string[], found: unknown, where: Where): Problem {
  const field = path.join('.');
  if (found === undefined)
    return {
      rule: 'missing',
      path: joined(where.path, field),
      message: 'it is missing',
      hint: `add ${expected(issue)}`,
      at: where.at(field),
    };
  return {
    rule: 'wrong-value',
    path: joined(where.path, field),
    message: `found ${shown(found)}, expected ${expected(issue)}`,
    hint: where.path === 'schema' && typeof found === 'number' ? versionHint(found) : hintFor(issue, found),
    at: where.at(field, false),
  };
}

function hintFor(issue: z.core.$ZodIssue, found: unknown): string {
  if (typeof found === 'string' && wantsNumber(issue, found)) return `write it without quotes: ${found.trim()}`;
  if (typeof found === 'string' && SEPARATED.test(found)) return 'write nothing between thousands, and a dot before decimals: 3000, 10.03';
  if (issue.code === 'invalid_value' && typeof found === 'string') return wordHint(found, issue.values.map(String));
  if (issue.code === 'invalid_type' && issue.expected === 'string' && typeof found !== 'object') return `put it in quotes: '${found}'`;
  return `write ${expected(issue)}`;
}

/** 3.000 or 10,034, alone or before a unit. */
const SEPARATED = /^-?\d{1,3}([., ]\d{3})+( |$)|^-?\d+,\d+( |$)/;

const wantsNumber = (issue: z.core.$ZodIssue, found: string): boolean =>
  /^\s*-?\d+(\.\d+)?\s*$/.test(found) &&
  ((issue.code === 'invalid_type' && issue.expected === 'number') ||
    (issue.code === 'invalid_value' && issue.values.includes(Number(found))));

function expected(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_value' && issue.message.startsWith('Invalid')) return oneOf(issue.values.map(String));
  if (issue.code === 'invalid_type' && issue.message.startsWith('Invalid')) return TYPES[issue.expected] ?? issue.expected;
  return issue.message;
}
const TYPES: Readonly<Record<string, string>> = { object: 'a map', record: 'a map', array: 'a list', string: 'a text', number: 'a number' };

const oneOf = (words: readonly string[]): string => (words.length === 1 ? `'${words[0]}'` : `one of ${listed(words)}`);

const joined = (...parts: readonly string[]): string => parts.filter(part => part !== '').join('.');

const valueAt = (raw: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((value, step) => (value as Readonly<Record<string, unknown>> | undefined)?.[step], raw);

/** The keys that the schema allows below a path. */
function keysAt(schema: z.ZodType, path: readonly string[]): readonly string[] {
  const here = bare(schema);
  const [head, ...rest] = path;
  if (here instanceof z.ZodArray) return head === undefined ? [] : keysAt(here.element as z.ZodType, rest);
  if (here instanceof z.ZodRecord) return head === undefined ? [] : keysAt(here.valueType as z.ZodType, rest);
  if (!(here instanceof z.ZodObject)) return [];
  if (head === undefined) return Object.keys(here.shape);
  const inner = here.shape[head] as z.ZodType | undefined;
  return inner === undefined ? [] : keysAt(inner, rest);
}

function bare(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodDefault || schema instanceof z.ZodOptional ? bare(schema.unwrap() as z.ZodType) : schema;
}
