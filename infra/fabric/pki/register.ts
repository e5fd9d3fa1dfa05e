/** The register of a pki: what was ever issued and revoked. Lines are added, none is ever changed. */

import { open, readFile } from 'node:fs/promises';
import * as z from 'zod';
import { readJson } from '../../city/json.js';
import { WorldError } from '../../city/problem.js';

const schema = z.literal(1);
/** Hexadecimal. */
const serial = z.string().regex(/^[0-9a-f]{34}$/);
const day = z.iso.datetime();

const founded = z.object({ schema, what: z.literal('founded'), city: z.string(), at: day });
const issued = z.object({
  schema,
  what: z.literal('issued'),
  serial,
  kind: z.enum(['root', 'intermediate', 'leaf']),
  /** `root`, `s1`, `pgbackrest/s1-database1`. */
  identity: z.string(),
  /** The common name. */
  name: z.string(),
  /** The serial number of the issuer's certificate; its own, of the root. */
  issuer: serial,
  from: day,
  to: day,
  /** Of leaves: what the next one is made from. */
  number: z.string().optional(),
  addresses: z.array(z.string()).optional(),
  site: z.string().optional(),
});
const revoked = z.object({ schema, what: z.literal('revoked'), serial, at: day, reason: z.string() });
/** A revocation list was signed; its file was written before. */
const listed = z.object({ schema, what: z.literal('listed'), issuer: serial, revoked: z.int(), from: day, to: day });
const record = z.discriminatedUnion('what', [founded, issued, revoked, listed]);

type RegisterRecord = z.infer<typeof record>;
export type Issued = z.infer<typeof issued>;
type Revoked = z.infer<typeof revoked>;
type Listed = z.infer<typeof listed>;

export interface Register {
  /** The city at its founding. */
  readonly city: string;
  readonly issued: readonly Issued[];
  readonly revoked: readonly Revoked[];
  readonly listed: readonly Listed[];
  /** Adds a line; on return it is on disk. */
  add(entry: WithoutSchema<RegisterRecord>): Promise<void>;
}
type WithoutSchema<R> = R extends unknown ? Omit<R, 'schema'> : never;

/** The register in a file. @throws {WorldError} when a line cannot be read; the last may be torn by a crash, and is then as if never written */
export async function readRegister(path: string): Promise<Register> {
  const lines = wholeLines(await readFile(path, 'utf8'));
  const records = lines.map((line, index) => readJson(record, line, `${path}, line ${index + 1},`, HINT));
  const [first] = records;
  if (first?.what !== 'founded') throw new WorldError(`${path} does not begin with a city's founding`, { hint: HINT });
  return {
    city: first.city,
    get issued() {
      return of(records, 'issued');
    },
    get revoked() {
      return of(records, 'revoked');
    },
    get listed() {
      return of(records, 'listed');
    },
    add: async entry => {
      const line = { schema: 1, ...entry } as RegisterRecord;
      await append(path, line);
      records.push(line);
    },
  };
}

const HINT = 'put the file back as it was, from a backup of the secrets; `citydc pki init --replace` founds a new pki if there is none';

const of = <W extends RegisterRecord['what']>(records: readonly RegisterRecord[], what: W) =>
  records.filter((each): each is Extract<RegisterRecord, { what: W }> => each.what === what);

/** The first line of a new register. */
export const foundRegister = (path: string, city: string, at: Date): Promise<void> =>
  append(path, { schema: 1, what: 'founded', city, at: at.toISOString() });

const wholeLines = (text: string): string[] => text.split('\n').slice(0, -1);

async function append(path: string, line: RegisterRecord): Promise<void> {
  const file = await open(path, 'a+', 0o600);
  try {
    const text = await file.readFile('utf8');
    const whole = Buffer.byteLength(text.slice(0, text.lastIndexOf('\n') + 1));
    if (whole < Buffer.byteLength(text)) await file.truncate(whole);
    await file.appendFile(`${JSON.stringify(line)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}
