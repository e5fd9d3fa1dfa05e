/** Figures of findings: offices that lose systems, percent of a line, or how many findings there are. */

import type { System } from '../model.js';

/** What can grow while its acceptance stays: offices that lose systems of either kind, a line's use, findings without a figure. */
export type Figure = OfficesFigure | { readonly about: 'percent' | 'findings'; readonly most: number };
type OfficesFigure = { readonly about: 'offices' } & Readonly<Record<System['state'], number>>;

/** Figures by the names of elements; by the path of what is no element. */
export type Figures = ReadonlyMap<string, Figure>;

/** Whether all that is found is held. */
export function holds(held: Figure | undefined, found: Figure): boolean {
  if (held?.about === 'offices' && found.about === 'offices') return found.none <= held.none && found.database <= held.database;
  return held !== undefined && held.about !== 'offices' && held.about === found.about && 'most' in found && found.most <= held.most;
}

export const most = (a: Figure, b: Figure): Figure => either(Math.max, a, b);

/** What both hold; the first alone where they are of different kinds. */
export const least = (a: Figure, b: Figure): Figure => either(Math.min, a, b);

function either(choose: (a: number, b: number) => number, a: Figure, b: Figure): Figure {
  if (a.about === 'offices' && b.about === 'offices')
    return { about: 'offices', none: choose(a.none, b.none), database: choose(a.database, b.database) };
  return a.about !== 'offices' && a.about === b.about && 'most' in b ? { about: a.about, most: choose(a.most, b.most) } : a;
}

/** `37 offices`, `76 %`, `1 finding`. */
export function showFigure(figure: Figure): string {
  if (figure.about !== 'offices') return figure.about === 'percent' ? `${figure.most} %` : plural(figure.most, 'finding');
  const { none, database } = figure;
  return none === database
    ? plural(none, 'office')
    : `${plural(none, 'office')} of systems without a database, ${database} of those with one`;
}

const plural = (count: number, what: string): string => (count === 1 ? `1 ${what}` : `${count} ${what}s`);

/** As in the inventory: `37`, `{ none: 37, database: 40 }`. */
export function writeFigure(figure: Figure): string {
  if (figure.about !== 'offices') return String(figure.most);
  const { none, database } = figure;
  return none === database ? String(none) : `{ none: ${none}, database: ${database} }`;
}
