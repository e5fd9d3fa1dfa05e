import * as z from 'zod';
import { key } from './cells.js';
import { IS_NUMBER } from './number.js';
import { LISTS, MAPS, NUMBERED, SINGLES, TABLES } from './schema.js';

interface Published {
  readonly path: string;
  readonly content: string;
}

/**
 * What editors and spreadsheets' checkers know of an inventory's form, from the types that the loader itself checks with:
 * a JSON Schema of city.yaml (draft 7, the one that YAML editors read), and a Table Schema of each CSV, which is made for tables:
 * columns, types and limits of cells that are all text. What compares parts with each other only `citydc check` finds.
 *
 * @see https://json-schema.org/draft-07, https://specs.frictionlessdata.io/table-schema/
 */
export const publishedSchemas = (): readonly Published[] => [
  { path: 'city.schema.json', content: asJson(citySchema()) },
  ...Object.entries(TABLES).map(([name, row]) => ({ path: `${name}.schema.json`, content: asJson(tableSchema(row)) })),
];

const asJson = (schema: object): string => `${JSON.stringify(schema, undefined, 2)}\n`;

type JsonSchema = z.core.JSONSchema.JSONSchema;

const formOf = (schema: z.ZodType, io: 'input' | 'output'): JsonSchema =>
  z.toJSONSchema(schema, { io, target: 'draft-7', unrepresentable: 'any' }) as JsonSchema;

function citySchema(): object {
  const city = z.strictObject({
    ...SINGLES,
    ...changed(MAPS, (schema, name) => z.record(NUMBERED.includes(name) ? z.string().regex(IS_NUMBER) : key, schema)),
    ...changed(LISTS, schema => z.array(schema)),
  });
  const { $schema, ...form } = formOf(city, 'input');
  return { $schema, title: 'city.yaml of a citydc inventory', ...form };
}

const changed = (table: Readonly<Record<string, z.ZodType>>, change: (schema: z.ZodType, name: string) => z.ZodType) =>
  Object.fromEntries(Object.entries(table).map(([name, schema]) => [name, change(schema, name)]));

function tableSchema(row: z.ZodObject): object {
  const written = formOf(row, 'input');
  const meant = formOf(row, 'output');
  const fields = Object.keys(row.shape).map(name =>
    fieldOf(name, property(written, name), property(meant, name), written.required?.includes(name) ?? false),
  );
  return { fields, missingValues: [''], primaryKey: 'number' };
}

const property = (form: JsonSchema, name: string): JsonSchema => (form.properties?.[name] ?? {}) as JsonSchema;

/** A number is described by what it means, all else by how it is written. */
function fieldOf(name: string, written: JsonSchema, meant: JsonSchema, required: boolean): object {
  const numeric = (meant.type === 'integer' || meant.type === 'number') && meant.minimum !== undefined;
  const { pattern, enum: allowed, description } = written;
  const limits = numeric ? { minimum: meant.minimum, maximum: meant.maximum } : { pattern, enum: allowed };
  const type = numeric ? meant.type : written.format === 'date' ? 'date' : 'string';
  return { name, type, description, constraints: { required, ...limits } };
}
