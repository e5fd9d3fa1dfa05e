/** What a configuration container is given: the files of the hosts of one node, as they shall lie ready for them. */
export interface Ready {
  readonly schema: 1;
  readonly hosts: readonly ReadyHost[];
}

export interface ReadyHost {
  readonly name: string;
  /** What the host compares with what it has: a line a file. */
  readonly manifest: string;
  /** Folders that it makes, a line each: owner, mode, path. */
  readonly folders: string;
  readonly files: readonly ReadyFile[];
  /** Taken from beside, as they are in no file that is synthesised. */
  readonly secrets: readonly ReadySecret[];
}

export interface ReadyFile {
  readonly path: string;
  /** Permission bits, octal, as `0644`. */
  readonly mode: string;
  readonly owner: string;
  readonly content: string;
}

export interface ReadySecret {
  /** Name of its file among the secrets. */
  readonly file: string;
  readonly path: string;
  readonly owner: string;
}

/** Where things are inside a configuration container. */
export const READY_PATHS = { program: '/lay-ready.mjs', ready: '/ready.json', secrets: '/secrets', hosts: '/hosts' } as const;

/** On a host's volume: the link to the files that are in force, and named pipes: by one it hears of new ones, by one of two it answers. */
export const VOLUME = { current: 'current', changed: 'changed', done: 'done', failed: 'failed' } as const;
/** In a folder of files that lie ready: the files as they stand in the host, what they are, and folders to be made. */
export const IN_READY = { root: 'root', manifest: 'manifest', folders: 'folders' } as const;
