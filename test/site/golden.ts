import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Host } from '../../infra/site/host.js';

export const GOLDEN = join(import.meta.dirname, '..', 'golden');

/** Everything of a host but its files' contents: what a target must know to run it. Permissions as one reads them. */
const tableOf = (host: Host): string => asJson({ ...host, files: host.files.map(({ content: _, ...file }) => file) });

/** What a host renders, by path below its golden folder: its files, and `host.json`, its table. */
export const renderingOf = (host: Host): ReadonlyMap<string, string> =>
  new Map([...host.files.map(({ path, content }) => [path.slice(1), content] as const), ['host.json', tableOf(host)]]);

/** Paths of the committed files below a golden folder, as they were before any test wrote one. */
export const committed = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .toSorted();

export const asJson = (value: unknown): string => `${JSON.stringify(value, octalModes, 2)}\n`;
const octalModes = (key: string, value: unknown): unknown =>
  key === 'mode' && typeof value === 'number' ? `0${value.toString(8)}` : value;
