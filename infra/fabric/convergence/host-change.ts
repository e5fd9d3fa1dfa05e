import { isDeepStrictEqual } from 'node:util';
import { grouped } from '../../city/grouped.js';
import { type Host, type HostFile, type HostSecret, type OnChange, secretFile } from '../../site/host.js';

/** What changes on a host that stays. */
export interface HostChange {
  readonly host: string;
  /** The site that it belongs to, as `s1`; undefined between sites. */
  readonly site: string | undefined;
  readonly files: readonly FileChange[];
  /** What differs beside its files, as `sysctls`. */
  readonly settings: readonly string[];
  /** How the change is applied: to the host as a whole, and to each of its programs unless the host boots. */
  readonly effect: Effect;
  readonly programs: readonly ProgramChange[];
  /** Whether it gets new wires while it runs. */
  readonly newWires: boolean;
}

/** A file or secret that differs, and what its content needs to take effect. */
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

/** `none`: the new content takes effect without a reload or restart. */
export type Effect = OnChange | 'none';

const RANK = { none: 0, reload: 1, restart: 2, boot: 3 } as const satisfies Record<Effect, number>;

/** Whether a service stops for the change, if only for a moment. */
export const isDisturbing = ({ effect }: Pick<HostChange, 'effect'>): boolean => RANK[effect] >= RANK.restart;

/** Settings that a container reads only when it starts. */
const AT_START = ['sysctls', 'capabilities'] as const satisfies readonly (keyof Host)[];

/** The change from one version of a host to the next. */
export function hostChange(before: Host, after: Host, newWires: boolean): HostChange {
  const files = [...fileChanges(before.files, after.files), ...fileChanges(asFiles(before.secrets), asFiles(known(before, after)))];
  const settings = (Object.keys(after) as (keyof Host)[]).filter(
    key => key !== 'files' && key !== 'secrets' && !isDeepStrictEqual(before[key], after[key]),
  );
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

/** How changed files are applied: each program by the strongest action that one of its files needs; a file may need the host to boot. */
export function effectOf(files: readonly FileChange[], boots = false): Pick<HostChange, 'effect' | 'programs'> {
  const needed = [...grouped(files, ({ program }) => [program])].map(([program, own]) => ({
    program,
    how: strongest(own.map(({ onChange }) => onChange)),
  }));
  const effect = boots ? 'boot' : strongest(needed.map(({ how }) => how));
  if (effect === 'boot') return { effect, programs: [] };
  return { effect, programs: needed.flatMap(({ program, how }) => (how === 'reload' || how === 'restart' ? [{ program, how }] : [])) };
}

/** The strongest of several effects; `none` when there are none. */
export const strongest = <E extends Effect>(effects: readonly E[]): E | 'none' =>
  effects.reduce<E | 'none'>((a, b) => (RANK[b] > RANK[a] ? b : a), 'none');

/** A secret as the file that it is in its host; its content is not known here, only whether it is another. */
const asFiles = (secrets: readonly HostSecret[]): readonly HostFile[] =>
  secrets.map(({ name, digest = '', owner, program, onChange }) => ({ path: secretFile(name), content: digest, owner, program, onChange }));

/** Passwords never change by themselves: on a host of before there were digests they are what they were. */
function known(before: Host, after: Host): readonly HostSecret[] {
  const undigested = new Set(before.secrets.flatMap(({ name, digest }) => (digest === undefined ? [name] : [])));
  return after.secrets.map(({ digest, ...secret }) =>
    digest === undefined || (secret.name.startsWith('password:') && undigested.has(secret.name)) ? secret : { ...secret, digest },
  );
}

function fileChanges(before: readonly HostFile[], after: readonly HostFile[]): readonly FileChange[] {
  const old = new Map(before.map(file => [file.path, file]));
  const paths = new Set(after.map(({ path }) => path));
  const changeOf = ({ path, program, onChange }: HostFile, what: FileChange['what']): FileChange => ({ path, what, program, onChange });
  return [
    ...after.flatMap(file => {
      const was = old.get(file.path);
      if (was === undefined) return [changeOf(file, 'new')];
      return isDeepStrictEqual(was, file) ? [] : [changeOf(file, 'changed')];
    }),
    ...before.filter(({ path }) => !paths.has(path)).map(file => changeOf(file, 'gone')),
  ];
}
