import { isDeepStrictEqual } from 'node:util';
import { grouped } from '../../city/grouped.js';
import type { Host, HostFile, OnChange } from '../../site/host.js';

/** A host that stays, and what becomes of it. */
export interface HostChange {
  readonly host: string;
  /** The site that it belongs to, as `s1`; undefined between sites. */
  readonly site: string | undefined;
  readonly files: readonly FileChange[];
  /** What differs beside its files, as `sysctls`. */
  readonly settings: readonly string[];
  /** What puts the change into force: of the host, and of each of its programs where it need not boot. */
  readonly effect: Effect;
  readonly programs: readonly ProgramChange[];
  /** Whether wires are laid to it while it runs. */
  readonly newWires: boolean;
}

export interface FileChange {
  readonly path: string;
  readonly what: 'new' | 'changed' | 'gone';
  readonly program: string;
  readonly onChange: Effect;
}

interface ProgramChange {
  readonly program: string;
  readonly how: Exclude<OnChange, 'boot'>;
}

/** `none`: what differs takes effect by being there. */
export type Effect = OnChange | 'none';

const RANK = { none: 0, reload: 1, restart: 2, boot: 3 } as const satisfies Record<Effect, number>;

/** Whether something that serves stops serving for it. */
export const isDisturbing = ({ effect }: Pick<HostChange, 'effect'>): boolean => RANK[effect] >= RANK.restart;

/** A container takes these when it starts, and at no other time. */
const AT_START = ['sysctls', 'capabilities'] as const satisfies readonly (keyof Host)[];

export function hostChange(before: Host, after: Host, newWires: boolean): HostChange {
  const files = fileChanges(before.files, after.files);
  const settings = (Object.keys(after) as (keyof Host)[]).filter(key => key !== 'files' && !isDeepStrictEqual(before[key], after[key]));
  const boots = AT_START.some(key => settings.includes(key));
  return {
    host: after.name,
    site: after.slot === undefined ? undefined : `s${after.node}`,
    files,
    settings,
    ...effectOf(files, boots),
    newWires,
  };
}

/** What changed files ask of their host: of each program the most that one of its files asks; one that asks for a boot boots the host. */
export function effectOf(files: readonly FileChange[], boots = false): Pick<HostChange, 'effect' | 'programs'> {
  const asked = [...grouped(files, ({ program }) => [program])].map(([program, own]) => ({
    program,
    how: worst(own.map(({ onChange }) => onChange)),
  }));
  const effect = boots ? 'boot' : worst(asked.map(({ how }) => how));
  if (effect === 'boot') return { effect, programs: [] };
  return { effect, programs: asked.flatMap(({ program, how }) => (how === 'reload' || how === 'restart' ? [{ program, how }] : [])) };
}

/** The most that several ask; of nothing `none`. */
export const worst = <E extends Effect>(effects: readonly E[]): E | 'none' =>
  effects.reduce<E | 'none'>((a, b) => (RANK[b] > RANK[a] ? b : a), 'none');

function fileChanges(before: readonly HostFile[], after: readonly HostFile[]): readonly FileChange[] {
  const old = new Map(before.map(file => [file.path, file]));
  const paths = new Set(after.map(({ path }) => path));
  const told = ({ path, program, onChange }: HostFile, what: FileChange['what']): FileChange => ({ path, what, program, onChange });
  return [
    ...after.flatMap(file => {
      const was = old.get(file.path);
      if (was === undefined) return [told(file, 'new')];
      return isDeepStrictEqual(was, file) ? [] : [told(file, 'changed')];
    }),
    ...before.filter(({ path }) => !paths.has(path)).map(file => told(file, 'gone')),
  ];
}
