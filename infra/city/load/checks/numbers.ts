import { LIMITS, PLAN_SIZES } from '../../addresses.js';
import type { Problem } from '../../problem.js';
import type { Draft } from '../draft.js';
import { type LoadedEntry, problemAt } from '../entry.js';
import { shown } from '../hint.js';
import { IS_NUMBER } from '../number.js';
import { elementsOf, numberField } from './elements.js';

/** A number is whole, fits the address plan, and belongs to one element for ever. */
export function checkNumbers(draft: Draft): readonly Problem[] {
  const endpointRoom = PLAN_SIZES[draft.plan.value?.size ?? 'standard'].endpoints - 1;
  const { sites, aggregations, externals, endpoints, links, systems } = draft;
  return [
    ...inRange(sites.entries, 1, LIMITS.sites),
    ...inRange([...aggregations.entries, ...externals.entries, ...endpoints.entries], 1, endpointRoom),
    ...inRange(links.entries, 1, LIMITS.links),
    ...inRange(systems.entries, 1, LIMITS.systems),
    ...unique(elementsOf(draft).map(({ entry }) => entry)),
    ...unique(links.entries),
  ];
}

function inRange(entries: readonly LoadedEntry<unknown>[], least: number, most: number): readonly Problem[] {
  return entries
    .filter(({ key, path }) => (IS_NUMBER.test(key) ? Number(key) < least || Number(key) > most : !/^(endpoints|links)\./.test(path)))
    .map(entry =>
      problemAt(
        entry,
        numberField(entry),
        'number-outside-plan',
        `found number ${shown(entry.key)}, the address plan allows ${least} to ${most}`,
        spelledOtherwise(entry.key, least, most) ?? 'take a free number; it is the identity of the element for ever',
      ),
    );
}

/** Another number would be another element: what is meant is suggested where it is seen. */
const spelledOtherwise = (key: string, least: number, most: number): string | undefined =>
  /^(0x[0-9a-f]+|0\d+)$/i.test(key) && Number(key) >= least && Number(key) <= most ? `write it as ${Number(key)}` : undefined;

/** Numbers in the tables that are no numbers at all have been reported by their form. */
function unique(entries: readonly LoadedEntry<unknown>[]): readonly Problem[] {
  const numbered = entries.filter(({ key }) => IS_NUMBER.test(key));
  const free = 1 + numbered.reduce((most, { key }) => Math.max(most, Number(key)), 0);
  const taken = new Map<string, LoadedEntry<unknown>>();
  return numbered.flatMap(entry => {
    const holder = taken.get(entry.key);
    taken.set(entry.key, holder ?? entry);
    return holder === undefined ? [] : [twice(holder, entry, free)];
  });
}

/** Of a retired element and an active one, the active one is wrong, wherever it stands. */
function twice(first: LoadedEntry<unknown>, second: LoadedEntry<unknown>, free: number): Problem {
  const [right, wrong] = second.state === 'retired' && first.state !== 'retired' ? [second, first] : [first, second];
  const { file, line } = right.at(numberField(right));
  return right.state === 'retired'
    ? problemAt(
        wrong,
        numberField(wrong),
        'retired-number',
        `number ${right.key} belongs to the retired element at ${file}:${line}`,
        `a number is never reused; the next free number is ${free}`,
      )
    : problemAt(
        wrong,
        numberField(wrong),
        'duplicate-number',
        `number ${right.key} is already taken at ${file}:${line}`,
        `the next free number is ${free}`,
      );
}
