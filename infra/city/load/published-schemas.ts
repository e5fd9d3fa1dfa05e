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

type SectionName = keyof typeof MAPS | keyof typeof LISTS;

/** What an editor shows beside the name of a section. */
const SECTIONS = {
  sites: 'Data centres, by their permanent numbers (1 to 63).',
  aggregations: 'Network nodes that offices hang on, by their permanent numbers.',
  externals: "What is not the city's: the national networks and the Internet, by their permanent numbers.",
  carriers: 'Who carries lines, by key. Each is a shared-risk group of its own.',
  riskGroups: 'What fails together, by key.',
  tiers: 'By key, the loosest objective that a system of the tier may declare, on any target.',
  dockerHosts: 'Machines with a Docker daemon that the city is deployed to, by key; the lab needs none.',
  systems: 'Shared systems, by their permanent numbers; each has one service address.',
  flows: 'Everything that may talk; all else is dropped.',
  accepted: 'Findings that are known and accepted until a day.',
} as const satisfies Record<SectionName, string>;

const changed = <N extends SectionName>(table: Readonly<Record<N, z.ZodType>>, change: (schema: z.ZodType, name: N) => z.ZodType) =>
  Object.fromEntries((Object.keys(table) as N[]).map(name => [name, change(table[name], name).describe(SECTIONS[name])]));

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
