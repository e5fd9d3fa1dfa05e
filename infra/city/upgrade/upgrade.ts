import type { DayIn } from '../day.js';
import { decode, type InventoryFiles } from '../load/files.js';
import { type LocatedCity, loadLocated } from '../load/load.js';
import { SCHEMA_VERSION, versionHint } from '../load/version.js';
import { readYaml } from '../load/yaml.js';
import { InputError } from '../problem.js';
import type { Finding } from '../rules/finding.js';
import { type ChangedLine, changedLines, type Edit, edited, numberAt } from './edits.js';
import type { Filling } from './step.js';
import { STEPS } from './steps.js';

/** A folder carried over to the newest form of inventories. */
export interface Upgrade {
  readonly from: number;
  readonly to: number;
  /** The whole city.yaml as it is to be; the tables stay. */
  readonly text: string;
  readonly changes: readonly ChangedLine[];
  /** What each step brings. */
  readonly brings: readonly string[];
  /** What the operator should know or do, a sentence each. */
  readonly said: readonly string[];
}

/** What an upgrade needs to know beside the folder. */
interface Known {
  readonly day: DayIn;
  readonly shipped: Filling['shipped'];
  /** All that `check` finds, accepted or not. */
  findingsIn(located: LocatedCity): readonly Finding[];
}

/**
 * The upgrade of a folder to the newest form. Pure; with the newest form already, nothing changes.
 *
 * @throws {InputError} when the folder cannot be read in the newest form either, or is of a later version than this program knows
 */
export function upgradeOf(files: InventoryFiles, { day, shipped, findingsIn }: Known): Upgrade {
  const raw = new TextDecoder('utf-8', { ignoreBOM: true }).decode(files.contents['city.yaml']);
  const from = versionIn(files, raw);
  const steps = STEPS.filter(step => step.from >= from);
  const changes: ChangedLine[] = [];
  const made = (text: string, edits: readonly Edit[]): string => {
    changes.push(...changedLines(text, edits));
    return edited(text, edits);
  };
  const withText = (text: string): InventoryFiles => ({
    ...files,
    contents: { ...files.contents, 'city.yaml': new TextEncoder().encode(text) },
  });
  const rewritten = steps.reduce((text, { to, rewrite }) => {
    const next = made(text, rewrite?.(text) ?? []);
    return made(
      next,
      [numberAt(next, 'schema')?.set(to)].flatMap(edit => edit ?? []),
    );
  }, raw);
  const located = loadLocated(withText(rewritten), day);
  const filling: Omit<Filling, 'text'> = { city: located.city, shipped, findings: steps.length === 0 ? [] : findingsIn(located) };
  const said: string[] = [];
  const text = steps.reduce((before, { fill }) => {
    const filled = fill?.({ ...filling, text: before });
    said.push(...(filled?.said ?? []));
    return made(before, filled?.edits ?? []);
  }, rewritten);
  loadLocated(withText(text), day); // what is written must be read again
  return { from, to: SCHEMA_VERSION, text, changes, brings: steps.map(({ brings }) => brings), said };
}

/** The version that a folder says. @throws {InputError} when it says none, or one that this program does not know */
function versionIn(files: InventoryFiles, raw: string): number {
  const decoded = decode(files, 'city.yaml');
  if ('problem' in decoded) throw new InputError([decoded.problem]);
  const { value, problems } = readYaml(decoded.file, decoded.text);
  if (value === undefined) throw new InputError(problems);
  const found = numberAt(raw, 'schema')?.value;
  if (found !== undefined && found >= 1 && found <= SCHEMA_VERSION) return found;
  throw new InputError([
    {
      rule: 'schema-version',
      path: 'schema',
      message: `found ${found ?? 'no version'}, expected one from 1 to ${SCHEMA_VERSION}`,
      hint: found === undefined ? `begin city.yaml with 'schema: ${SCHEMA_VERSION}', as the shipped inventories do` : versionHint(found),
      at: { file: decoded.file, line: 1, column: 1 },
    },
  ]);
}
