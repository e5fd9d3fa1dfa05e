import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import * as z from 'zod';
import { InputError, type Problem } from '../../city/problem.js';

const dollars = z.number().nonnegative();

/** Every price by its name; rules use no other. */
const PRICES = z.strictObject({
  'fargate-vcpu-hour': dollars,
  'fargate-gib-hour': dollars,
  'database-gib-month': dollars,
  'database-backup-gib-month': dollars,
  'records-gib-month': dollars,
  'records-backup-gib-month': dollars,
  'balancer-hour': dollars,
  'balancer-unit-hour': dollars,
  'endpoint-zone-hour': dollars,
  'endpoint-gib': dollars,
  'transit-attachment-hour': dollars,
  'transit-gib': dollars,
  'vpn-hour': dollars,
  'resolver-address-hour': dollars,
  'zone-month': dollars,
  'health-check-month': dollars,
  'alarm-month': dollars,
  'key-month': dollars,
  'secret-month': dollars,
  'log-gib': dollars,
  'million-samples': dollars,
  'region-to-region-gib': dollars,
});

const SCHEMA = z.strictObject({
  schema: z.literal(1),
  date: z.iso.date(),
  source: z.string().min(1),
  assumed: z.array(z.string()),
  currency: z.literal('USD'),
  vnd: z.number().positive(),
  regions: z.record(z.string(), z.number().positive()),
  prices: PRICES,
  databases: z.record(z.string(), dollars),
  usage: z.strictObject({
    recordsGib: z.number().nonnegative(),
    newRecordsGib: z.number().nonnegative(),
    changedDatabaseGib: z.number().nonnegative(),
    logsGib: z.number().nonnegative(),
    backupsOfEach: z.number().nonnegative(),
    balancerUnits: z.number().nonnegative(),
    shareOfBusyHour: z.number().min(0).max(1),
  }),
});

/** A file of prices: US dollars, and the usage that no template shows. */
export type Prices = z.infer<typeof SCHEMA>;
export type PriceName = keyof Prices['prices'];

/** Reads a file of prices. @throws {InputError} with all problems: it cannot be read, is no YAML, or does not fit the schema */
export async function readPrices(path: string): Promise<Prices> {
  const text = await readFile(path, 'utf8').catch(({ code }: NodeJS.ErrnoException) => {
    throw new InputError([problem(path, '', `cannot be read: ${code}`)]);
  });
  return pricesOf(text, path);
}

/** @param path for messages */
export function pricesOf(text: string, path: string): Prices {
  const { success, data, error } = SCHEMA.safeParse(parsed(text, path));
  if (success) return data;
  throw new InputError(error.issues.map(issue => problem(path, issue.path.join('.'), issue.message)));
}

function parsed(text: string, path: string): unknown {
  try {
    return parse(text, { schema: 'core' });
  } catch (error) {
    throw new InputError([problem(path, '', error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error))]);
  }
}

const problem = (file: string, path: string, message: string): Problem => ({
  rule: 'prices',
  path: path === '' ? file : `${file}: ${path}`,
  message,
  hint: 'the form is that of infra/aws/prices.yaml',
});
