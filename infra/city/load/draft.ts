import type * as z from 'zod';
import type { Position, Problem } from '../problem.js';
import type { Entry, Section } from './entry.js';
import { decode, type InventoryFiles } from './files.js';
import type { LISTS, MAPS, SINGLES, TABLES } from './schema.js';
import { readSections, sourceOf } from './sections.js';
import { readTable } from './tables.js';

export type Singles = { readonly [K in keyof typeof SINGLES]: Entry<z.output<(typeof SINGLES)[K]>> };
export type Maps = { readonly [K in keyof typeof MAPS]: Section<z.output<(typeof MAPS)[K]>> };
export type Lists = { readonly [K in keyof typeof LISTS]: Section<z.output<(typeof LISTS)[K]>> };
export type Tables = { readonly [K in keyof typeof TABLES]: Section<z.output<(typeof TABLES)[K]>> };

/** An inventory whose parts have been read one by one, before they are compared with each other. */
export interface Draft extends Singles, Maps, Lists, Tables {
  /** Position of a path of the model, or of the nearest part above it. */
  locate(path: string): Position;
}

/** Reads the three files; what has the wrong form is in `problems` and undefined in the draft. */
export function readDraft(files: InventoryFiles): { readonly draft: Draft; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const report = (problem: Problem) => void problems.push(problem);
  const yaml = sourceOf(decode(files, 'city.yaml'), report);
  const sections = readSections(yaml, report);
  const endpoints = readTable('endpoints', decode(files, 'endpoints.csv'), report);
  const links = readTable('links', decode(files, 'links.csv'), report);
  const rows = new Map<string, Entry<unknown>>([...endpoints.entries, ...links.entries].map(row => [row.path, row]));
  const locate = (path: string): Position => {
    const [name = '', key = '', ...rest] = path.split('.');
    return rows.get(`${name}.${key}`)?.at(rest.join('.')) ?? yaml.at(path.split('.'));
  };
  return { draft: { ...sections, endpoints, links, locate }, problems };
}
