import { LIMITS, PLAN_SIZES } from '../../addresses.js';
import type { Problem } from '../../problem.js';
import type { Draft } from '../draft.js';
import { type Entry, problemAt } from '../entry.js';
import { shown } from '../hint.js';
import { elementsOf, IS_NUMBER, isRetired, numberField } from './elements.js';

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

function inRange(entries: readonly Entry<unknown>[], least: number, most: number): readonly Problem[] {
  return entries
    .filter(({ key, path }) => (IS_NUMBER.test(key) ? Number(key) < least || Number(key) > most : !/^(endpoints|links)\./.test(path)))
    .map(entry =>
      problemAt(
        entry,
        numberField(entry),
        'number-outside-plan',
        `found number ${shown(entry.key)}, the address plan allows ${least} to ${most}`,
        'take a free number; it is the identity of the element for ever',
      ),
    );
}

/** Numbers in the tables that are no numbers at all have been reported by their form. */
function unique(entries: readonly Entry<{ readonly validUntil?: string | undefined }>[]): readonly Problem[] {
  const taken = new Map<string, Entry<{ readonly validUntil?: string | undefined }>>();
  return entries.flatMap(entry => {
    const holder = taken.get(entry.key);
    if (holder === undefined) taken.set(entry.key, entry);
    if (holder === undefined || !IS_NUMBER.test(entry.key)) return [];
    const { file, line } = holder.at(numberField(holder));
    const retired = [holder, entry].find(isRetired);
    const free = nextFree(entries);
    return retired === undefined
      ? [
          problemAt(
            entry,
            numberField(entry),
            'duplicate-number',
            `number ${entry.key} is already taken at ${file}:${line}`,
            `the next free number is ${free}`,
          ),
        ]
      : [
          problemAt(
            entry,
            numberField(entry),
            'retired-number',
            `number ${entry.key} belongs to a retired element (${holder === retired ? `${file}:${line}` : 'this line'}) and ${file}:${line} has it too`,
            `a number is never reused; the next free number is ${free}`,
          ),
        ];
  });
}

const nextFree = (entries: readonly Entry<unknown>[]): number =>
  1 + entries.reduce((most, { key }) => (IS_NUMBER.test(key) ? Math.max(most, Number(key)) : most), 0);
