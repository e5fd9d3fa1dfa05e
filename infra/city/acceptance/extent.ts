/** How much an acceptance holds, and how much is found, of every element. */

import { grouped } from '../grouped.js';
import type { City, Extent, System } from '../model.js';
import { elementsOf } from '../routing/failure.js';
import type { Finding } from '../rules/finding.js';
import { type Figure, type Figures, most, writeFigure } from './figure.js';
import { asRuns, membersOf } from './run.js';

/** What findings are called in an acceptance, by their paths. */
export const namesOf = (city: City): ((finding: Pick<Finding, 'path'>) => string) => {
  const names = new Map(elementsOf(city).map(({ path, name }) => [path, name]));
  return ({ path }) => names.get(path) ?? path;
};

/** What is found at each element; of several findings there the most. */
export function figuresOf(findings: readonly Finding[], nameOf: (finding: Finding) => string): Figures {
  const byName = grouped(findings, finding => [nameOf(finding)]);
  return new Map([...byName].map(([name, there]) => [name, there.map(each => figureOf(each, there.length)).reduce(most)]));
}

/** The figure of one finding. @param alike how many findings there are at its element */
export function figureOf({ facts }: Finding, alike = 1): Figure {
  switch (facts?.about) {
    case 'losses': {
      const losing = (state: System['state']) =>
        facts.losses.filter(({ of }) => of === 'all' || of === state).reduce((sum, { offices }) => sum + offices.length, 0);
      return { about: 'offices', none: losing('none'), database: losing('database') };
    }
    case 'line':
      return { about: 'percent', most: facts.percent };
    default:
      return { about: 'findings', most: alike };
  }
}

/** What an acceptance says that it holds, run by run: the names in a run, with the figure of each. */
export function heldIn(extent: Extent): readonly { readonly names: readonly string[]; readonly figure: Figure }[] {
  const held = <T>(map: Readonly<Record<string, T>> | undefined, figureFrom: (value: T) => Figure) =>
    Object.entries(map ?? {}).map(([name, value]) => ({ names: membersOf(name), figure: figureFrom(value) }));
  return [
    ...held(extent.offices, value => ({ about: 'offices', ...(typeof value === 'number' ? { none: value, database: value } : value) })),
    ...held(extent.percent, value => ({ about: 'percent', most: value })),
    ...held(extent.findings, value => ({ about: 'findings', most: value })),
  ];
}

export const heldBy = (extent: Extent | undefined): Figures =>
  new Map(heldIn(extent ?? {}).flatMap(({ names, figure }) => names.map(name => [name, figure] as const)));

/** The extent that holds these figures and nothing more, as in the inventory; elements with the same figure as runs. */
export function extentLine(figures: Figures): string {
  const kinds = grouped([...figures], ([, { about }]) => [about]);
  const parts = [...kinds].map(([about, of]) => {
    const held = asRuns(new Map(of.map(([name, figure]) => [name, writeFigure(figure)])));
    return `${about}: { ${held.map(([name, figure]) => `${name}: ${figure}`).join(', ')} }`;
  });
  return parts.length === 0 ? 'extent: {}' : `extent: { ${parts.join(', ')} }`;
}
