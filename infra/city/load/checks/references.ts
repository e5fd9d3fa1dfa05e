import type { Problem } from '../../problem.js';
import type { Draft } from '../draft.js';
import { type LoadedEntry, problemAt, type Section, soundOf } from '../entry.js';
import { shown, wordHint } from '../hint.js';

/** Keys that are named exist: carriers, shared-risk groups, tiers; and no two things share a key. */
export function checkReferences(draft: Draft): readonly Problem[] {
  const { sites, aggregations, externals, endpoints, links, systems, carriers, riskGroups, tiers } = draft;
  const named = [...soundOf(sites), ...soundOf(aggregations), ...soundOf(externals), ...soundOf(endpoints), ...soundOf(links)];
  const [carrierKeys, groupKeys, tierKeys] = [keysOf(carriers), keysOf(riskGroups, carriers), keysOf(tiers)];
  return [
    ...collisions(carriers, riskGroups),
    ...soundOf(links).flatMap(link => known(link, 'carrier', link.value.carrier, 'carrier', carrierKeys)),
    ...named.flatMap(entry => entry.value.riskGroups.flatMap(group => known(entry, 'riskGroups', group, 'shared-risk group', groupKeys))),
    ...soundOf(systems).flatMap(system => known(system, 'tier', system.value.tier, 'tier', tierKeys)),
  ];
}

/** The keys of sections, or nothing when one could not be read: then no name can be called unknown. */
const keysOf = (...sections: readonly Section<unknown>[]): ReadonlySet<string> | undefined => {
  if (!sections.every(({ complete }) => complete)) return undefined;
  return new Set(sections.flatMap(({ entries }) => entries.map(({ key }) => key)));
};

function known(
  entry: LoadedEntry<unknown>,
  field: string,
  name: string,
  what: string,
  allowed: ReadonlySet<string> | undefined,
): readonly Problem[] {
  if (allowed?.has(name) !== false) return [];
  return [problemAt(entry, field, `unknown-${what.replaceAll(' ', '-')}`, `there is no ${what} ${shown(name)}`, wordHint(name, allowed))];
}

function collisions(carriers: Section<unknown>, riskGroups: Section<unknown>): readonly Problem[] {
  const taken = keysOf(carriers);
  return riskGroups.entries
    .filter(({ key }) => taken?.has(key))
    .map(entry =>
      problemAt(
        entry,
        '',
        'duplicate-key',
        `the carrier '${entry.key}' is a shared-risk group already`,
        'remove this one: a carrier is its own group',
      ),
    );
}
