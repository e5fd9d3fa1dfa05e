import * as z from 'zod';
import type { DayIn } from '../day.js';
import type { Position, Problem } from '../problem.js';
import type { LoadedEntry } from './entry.js';
import { decode, type InventoryFiles } from './files.js';
import { type Lists, type Maps, SINGLES, type Singles, type Tables } from './schema.js';
import { readSections, sourceOf } from './sections.js';
import { readTable } from './tables.js';

/** An inventory whose parts have been read one by one, before they are compared with each other. */
export interface Draft extends Singles, Maps, Lists, Tables {
  /** Position of a path of the model, or of the nearest part above it. */
  locate(path: string): Position;
}

/** Reads the three files for a day; what has the wrong form is in `problems` and undefined in the draft. */
export function readDraft(files: InventoryFiles, day: DayIn): { readonly draft: Draft; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const report = (problem: Problem) => void problems.push(problem);
  const yaml = sourceOf(decode(files, 'city.yaml'), report);
  const reading = { day: day(timeZoneOf(yaml.value)), report };
  const sections = readSections(yaml, reading);
  const endpoints = readTable('endpoints', decode(files, 'endpoints.csv'), reading);
  const links = readTable('links', decode(files, 'links.csv'), reading);
  const rows = new Map<string, LoadedEntry<unknown>>([...endpoints.entries, ...links.entries].map(row => [row.path, row]));
  const locate = (path: string): Position => {
    const [name = '', key = '', ...rest] = path.split('.');
    const [, site, role] = name === 'hosts' ? (/^s(\d+)-([a-z]+)\d+$/.exec(key) ?? []) : [];
    if (site !== undefined && role !== undefined) return yaml.at(['sites', site, 'hosts', role]);
    return rows.get(`${name}.${key}`)?.at(rest.join('.')) ?? yaml.at(path.split('.'));
  };
  return { draft: { ...sections, endpoints, links, locate }, problems };
}

/** As far as it can be read before the rest: a wrong one has its own problem. */
function timeZoneOf(value: unknown): string {
  const parsed = z.object({ timeZone: SINGLES.timeZone }).safeParse(value);
  return parsed.success ? parsed.data.timeZone : 'UTC';
}
