/** Which hosts get new files, and what those require of them: the files of the stack before against those of the next one. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { own } from '../../../agents/contract/json.js';
import type { Ready, ReadyHost } from '../../../agents/contract/ready.js';
import { grouped } from '../../city/grouped.js';
import { readJson } from '../../city/json.js';
import { effectOf, type FileChange, type HostChange, strongest } from '../../fabric/convergence/host-change.js';
import type { OnChange } from '../../site/host.js';
import type { HostGroup } from '../ready.js';

/** The files in a stack's folder for the hosts of groups, by host; none where there is no stack. */
export async function readyIn(folder: string, groups: readonly Pick<HostGroup, 'name'>[]): Promise<ReadonlyMap<string, ReadyHost>> {
  const paths = groups.map(({ name }) => join(folder, 'ready', `${name}.json`));
  const read = await Promise.all(
    paths.map(async path => {
      const text = await readFile(path, 'utf8').catch(() => undefined);
      return text === undefined ? [] : readJson(own<Ready>(), text, path).hosts;
    }),
  );
  return new Map(read.flat().map(host => [host.name, host]));
}

/** The hosts that stay and get other files, by the rule of `arrival`'s script: every program does the most that one of its files requires. */
export function arriving(
  group: HostGroup,
  before: ReadonlyMap<string, Pick<ReadyHost, 'manifest'>>,
  after: ReadonlyMap<string, Pick<ReadyHost, 'manifest'>>,
): readonly HostChange[] {
  return group.hosts.flatMap(({ name }): readonly HostChange[] => {
    const [old, next] = [before.get(name), after.get(name)];
    if (old === undefined || next === undefined || old.manifest === next.manifest) return [];
    const files = fileChanges(linesOf(old.manifest), linesOf(next.manifest));
    return [{ host: name, site: group.isSite ? group.name : undefined, files, settings: [], ...effectOf(files), newWires: false }];
  });
}

interface Line {
  readonly text: string;
  readonly path: string;
  readonly program: string;
  readonly onChange: OnChange;
}

const linesOf = (manifest: string): readonly Line[] =>
  manifest
    .split('\n')
    .filter(text => text !== '')
    .map(text => {
      const [, onChange, program = '', ...path] = text.split(' ');
      return { text, onChange: onChange as OnChange, program, path: path.join(' ') };
    });

/** A line without a path is a bundled agent, which is on another volume. */
const pathOf = ({ path, program }: Line): string => (path === '-' ? `the program of ${program}` : path);

function fileChanges(before: readonly Line[], after: readonly Line[]): readonly FileChange[] {
  const [had, has] = [new Set(before.map(({ text }) => text)), new Set(after.map(({ text }) => text))];
  const differing = [...after.filter(({ text }) => !had.has(text)), ...before.filter(({ text }) => !has.has(text))];
  const [old, next] = [new Set(before.map(pathOf)), new Set(after.map(pathOf))];
  // A changed file is a line that left and one that arrived: what either requires at most.
  const own = grouped(differing, line => [`${pathOf(line)} ${line.program}`]);
  return [...own.values()].flatMap((lines): readonly FileChange[] => {
    const [line] = lines;
    if (line === undefined) return [];
    const path = pathOf(line);
    const what = !old.has(path) ? 'new' : next.has(path) ? 'changed' : 'gone';
    return [{ path, what, program: line.program, onChange: strongest(lines.map(({ onChange }) => onChange)) }];
  });
}
