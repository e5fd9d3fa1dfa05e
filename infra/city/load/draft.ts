import type { Position, Problem } from '../problem.js';
import type { Entry } from './entry.js';
import { decode, type InventoryFiles } from './files.js';
import type { Lists, Maps, Singles, Tables } from './schema.js';
import { readSections, sourceOf } from './sections.js';
import { readTable } from './tables.js';

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
