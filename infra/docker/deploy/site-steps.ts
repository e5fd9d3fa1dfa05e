import type { City } from '../../city/model.js';
import type { HostGroup } from '../ready.js';
import { containerAddress } from './terraform.js';

/** The site that leads comes last: its databases hand over once, to a backup that is finished. */
const ORDER = { backup: 0, witness: 1, primary: 2 } as const;

/**
 * What is applied before all else: the containers of one site at a time, where those of several would be replaced. With the city healthy
 * before each next one, the databases keep their quorum.
 *
 * @param groups of the whole city
 * @param replaced addresses that a plan replaces
 * @returns addresses of resources, step by step; none where all can be applied at once
 */
export function siteSteps(
  { sites }: Pick<City, 'sites'>,
  groups: readonly HostGroup[],
  replaced: readonly string[],
): readonly (readonly string[])[] {
  const among = new Set(replaced);
  const inTurn = sites.toSorted((a, b) => ORDER[a.role] - ORDER[b.role]);
  const steps = inTurn.map(({ number }) => {
    const hosts = groups.find(({ name }) => name === `s${number}`)?.hosts ?? [];
    return hosts.map(({ name }) => containerAddress(name)).filter(address => among.has(address));
  });
  const some = steps.filter(({ length }) => length > 0);
  return some.length > 1 ? some : [];
}
