/** Results of comparing the model with a running city, as text for people. */

import { disagrees, type MatrixProof, type Tried } from '../../../runbooks/proofs/matrix.js';
import type { Comparison } from '../../../runbooks/proofs/routes.js';
import type { Zone } from '../../city/model.js';
import { table } from '../table.js';

/** The matrix as a table: in every cell, how many attempts agreed with the model of how many were tried. */
export function describeMatrix({ tried, problems }: MatrixProof): string {
  const columns = [...new Set(tried.map(({ to }) => columnOf(to)))];
  const rows = [...new Set(tried.map(({ from }) => from))];
  const cell = (from: Zone, column: string): string => {
    const here = tried.filter(each => each.from === from && columnOf(each.to) === column);
    return here.length === 0 ? '' : `${here.filter(each => !disagrees(each)).length}/${here.length}`;
  };
  const count = (wanted: (each: Tried) => boolean): number => tried.filter(wanted).length;
  const cells = new Set(tried.map(({ from, to }) => `${from} ${to}`)).size;
  return [
    table(
      ['agree/tried', ...columns],
      rows.map(from => [from, ...columns.map(column => cell(from, column))]),
    ),
    `${tried.length} attempts in ${cells} cells from ${new Set(tried.map(({ host }) => host)).size} hosts: ${count(({ allowed }) => allowed)} allowed, ${count(({ allowed }) => !allowed)} denied, ${count(({ reached }) => reached === 'untried')} could not be tried; ${problems.length} disagree`,
  ].join('\n');
}

const columnOf = (zone: Zone): string => (zone.startsWith('system.') ? 'systems' : zone.replace(/^(site|external)\./, ''));

/** A line for each case, then every difference. */
export function describeComparisons(cases: readonly Comparison[], seed: number): string {
  const compared = cases.reduce((sum, { nextHops }) => sum + nextHops, 0);
  const differing = cases.flatMap(({ down, differences: list }) => list.map(difference => ({ down: nameOf(down), ...difference })));
  return [
    table(
      ['while cut', 'next hops compared', 'differ', 'settled after'],
      cases.map(({ down, nextHops, differences: list, seconds }) => [nameOf(down), nextHops, list.length, `${seconds.toFixed(1)} s`]),
    ),
    ...differing.map(
      ({ down, host, prefix, predicted, found }) => `while ${down} is cut: ${host} sends ${prefix} ${found}, predicted is ${predicted}`,
    ),
    `${compared} next hops compared in ${cases.length} cases (seed ${seed}): ${differing.length === 0 ? 'all as predicted' : `${differing.length} differ`}`,
  ].join('\n');
}

const nameOf = (down: readonly string[]): string => (down.length === 0 ? 'nothing' : down.join(' and '));
