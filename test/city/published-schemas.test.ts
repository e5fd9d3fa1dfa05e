/** What editors know of an inventory: as committed, as strict as the loader where it can be, and true of the shipped inventories. */

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { publishedSchemas } from '../../infra/city/load/published-schemas.js';
import { shippedInventories } from '../../infra/city/load/read.js';
import { TABLES } from '../../infra/city/load/schema.js';

const folder = new URL('../../infra/city/inventory/', import.meta.url);
const textOf = (path: string): string => readFileSync(new URL(path, folder), 'utf8');
const schemas = Object.fromEntries(publishedSchemas().map(({ path, content }) => [path, JSON.parse(content)]));
const shipped = await shippedInventories();

test.each(publishedSchemas())('schema/$path is as committed (citydc render schema)', ({ path, content }) =>
  expect(content).toMatchFileSnapshot(new URL(`schema/${path}`, folder).pathname),
);

test('the folder holds nothing else, and is no inventory', () => {
  expect(readdirSync(new URL('schema/', folder)).toSorted()).toEqual(Object.keys(schemas).toSorted());
  expect(shipped).toEqual(['can-tho-2022', 'can-tho-2025']);
});

describe('city.yaml', () => {
  /** Zod reads the published form back: what it then checks with is not what the loader checks with. */
  const published = z.fromJSONSchema(schemas['city.schema.json']);
  const yamlOf = (name: string) => parse(textOf(`${name}/city.yaml`));

  test.each(shipped)('%s names the schema in its first line and fits it', name => {
    const [first = ''] = textOf(`${name}/city.yaml`).split('\n');
    const [, path = ''] = /^# yaml-language-server: \$schema=(\S+)$/.exec(first) ?? [];
    expect(new URL(path, new URL(`${name}/`, folder))).toEqual(new URL('schema/city.schema.json', folder));
    expect(published.safeParse(yamlOf(name)).error?.issues).toBeUndefined();
  });

  test.each([
    ['an unknown key', 'sites.1.latitud', 10],
    ['a missing key', 'sites.1.role', undefined],
    ['a word that is not allowed', 'sites.1.role', 'main'],
    ['a number outside its range', 'sites.1.latitude', 91],
    ['a number that is no permanent number', 'systems.01', {}],
    ['a text where a list belongs', 'flows.0.from', 'office'],
    ['an unknown section', 'site', {}],
  ])('%s is found while typing', (_, path, value) => {
    const city = yamlOf('can-tho-2022');
    const keys = path.split('.');
    const parent = keys.slice(0, -1).reduce((at, key) => at[key], city);
    parent[keys.at(-1) ?? ''] = value;
    expect(published.safeParse(city).success).toBe(false);
  });

  test('every key says what it is', () => expect(undescribed(schemas['city.schema.json'])).toEqual([]));
});

describe.each(Object.entries(TABLES))('%s.csv', (name, row) => {
  const { fields, primaryKey, missingValues } = schemas[`${name}.schema.json`] as TableSchema;

  test('the schema has its columns in their order, and says what each is', () => {
    expect(fields.map(field => field.name)).toEqual(Object.keys(row.shape));
    expect(fields.filter(({ description = '' }) => description.length < 8)).toEqual([]);
    expect({ primaryKey, missingValues }).toEqual({ primaryKey: 'number', missingValues: [''] });
  });

  test.each(shipped)('the file of %s has these columns, and its cells fit them', inventory => {
    const [head = '', ...lines] = textOf(`${inventory}/${name}.csv`).trimEnd().split('\n');
    expect(head.split(',')).toEqual(fields.map(field => field.name));
    const unquoted = lines.filter(line => !line.includes('"')).map(line => line.split(','));
    expect(unquoted.length).toBeGreaterThan(100);
    expect(unquoted.flatMap(cells => fields.filter((field, index) => !fits(field, cells[index] ?? '')).map(field => field.name))).toEqual(
      [],
    );
  });
});

test('numbers are numbers, and dates are dates', () => {
  const typeOf = (table: string, field: string) =>
    (schemas[`${table}.schema.json`] as TableSchema).fields.find(({ name }) => name === field);
  expect(typeOf('endpoints', 'latitude')).toMatchObject({ type: 'number', constraints: { required: false, minimum: -90, maximum: 90 } });
  expect(typeOf('endpoints', 'users')).toMatchObject({ type: 'integer', constraints: { required: true, minimum: 0 } });
  expect(typeOf('endpoints', 'validUntil')).toMatchObject({ type: 'date' });
  expect(typeOf('links', 'rate')).toMatchObject({ type: 'string', constraints: { pattern: expect.stringContaining('Gbit') } });
  expect(typeOf('links', 'kind')?.constraints.enum).toEqual(['core', 'uplink', 'access', 'internet']);
});

interface TableSchema {
  readonly fields: readonly Field[];
  readonly primaryKey: string;
  readonly missingValues: readonly string[];
}
interface Field {
  readonly name: string;
  readonly type: string;
  readonly description?: string;
  readonly constraints: {
    readonly required: boolean;
    readonly pattern?: string;
    readonly enum?: readonly string[];
    readonly minimum?: number;
    readonly maximum?: number;
  };
}

/** Table Schema's constraints on one cell. @see https://specs.frictionlessdata.io/table-schema/#constraints */
function fits(
  { type, constraints: { required, pattern, enum: allowed, minimum = -Infinity, maximum = Infinity } }: Field,
  cell: string,
): boolean {
  if (cell === '') return !required;
  if (type === 'integer' || type === 'number')
    return Number(cell) >= minimum && Number(cell) <= maximum && (type === 'number' || /^\d+$/.test(cell));
  if (type === 'date') return /^\d{4}-\d{2}-\d{2}$/.test(cell);
  return (pattern === undefined || new RegExp(pattern).test(cell)) && (allowed === undefined || allowed.includes(cell));
}

interface Form {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Form>>;
  readonly additionalProperties?: Form | boolean;
  readonly items?: Form;
}

/** Paths of keys that an editor would show without a word. */
function undescribed(form: Form, path = ''): readonly string[] {
  const inner = [form.items, typeof form.additionalProperties === 'object' ? form.additionalProperties : undefined];
  return [
    ...Object.entries(form.properties ?? {}).flatMap(([key, value]) => [
      ...(value.description === undefined ? [`${path}${key}`] : []),
      ...undescribed(value, `${path}${key}.`),
    ]),
    ...inner.flatMap(each => (each === undefined ? [] : undescribed(each, `${path}*.`))),
  ];
}
