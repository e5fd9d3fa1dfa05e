import type { Problem } from '../../problem.js';
import type { Draft } from '../draft.js';
import { type Dated, problemAt, type Sound, soundOf } from '../entry.js';
import { elementsOf } from './elements.js';

/** A statistical code means one unit at a time, a system's key one system; a life ends after it begins. */
export const checkCodes = (draft: Draft): readonly Problem[] => [
  ...uniqueAtOneTime(soundOf(draft.endpoints), 'code'),
  ...uniqueAtOneTime(soundOf(draft.systems), 'key'),
  ...[...elementsOf(draft).map(({ entry }) => entry), ...draft.links.entries, ...draft.systems.entries].flatMap(entry =>
    entry.value?.validUntil !== undefined && start(entry.value) >= entry.value.validUntil
      ? [
          problemAt(
            entry,
            'validUntil',
            'validity',
            `it ends on ${entry.value.validUntil} and starts on ${entry.value.validFrom}`,
            'validUntil is the first day on which it no longer holds',
          ),
        ]
      : [],
  ),
];

function uniqueAtOneTime<F extends string, T extends Dated & { readonly [K in F]?: string | undefined }>(
  entries: readonly Sound<T>[],
  field: F,
): readonly Problem[] {
  const holders = new Map<string, Sound<T>[]>();
  return entries.flatMap(entry => {
    const name = entry.value[field] as string | undefined;
    if (name === undefined) return [];
    const earlier = holders.get(name) ?? [];
    holders.set(name, [...earlier, entry]);
    return earlier
      .filter(other => atOneTime(other.value, entry.value))
      .map(other =>
        problemAt(
          entry,
          field,
          `duplicate-${field}`,
          `the ${field} '${name}' is also that of ${other.path}, at the same time`,
          HINTS[field] ?? '',
        ),
      );
  });
}
const HINTS: Readonly<Record<string, string>> = {
  code: 'leave it empty, or end the other one with validUntil',
  key: 'give each system a key of its own',
};

const start = ({ validFrom }: Dated): string => validFrom ?? '0000-00-00';
const end = ({ validUntil }: Dated): string => validUntil ?? '9999-99-99';
const atOneTime = (a: Dated, b: Dated): boolean => start(a) < end(b) && start(b) < end(a);
