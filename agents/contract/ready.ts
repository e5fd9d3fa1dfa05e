/** What a configuration container is given: the files of the hosts of one node, as they shall lie ready for them. */
export interface Ready {
  readonly schema: 1;
  readonly hosts: readonly ReadyHost[];
}

export interface ReadyHost {
  readonly name: string;
  /** What the host compares with what it has: a line a file, as `digest onChange program path`. The lines of its secrets come to it. */
  readonly manifest: string;
  /** Folders that it makes, a line each: owner, mode, path. */
  readonly folders: string;
  readonly files: readonly ReadyFile[];
  /** Taken from beside, as they are in no file that is synthesised. */
  readonly secrets: readonly ReadySecret[];
}

interface ReadyFile {
  readonly path: string;
  /** Permission bits, octal, as `0644`. */
  readonly mode: string;
  readonly owner: string;
  readonly content: string;
}

interface ReadySecret {
  /** Name of its file among the secrets. */
  readonly file: string;
  readonly path: string;
  readonly owner: string;
  /** Whose processes another value concerns, and what it asks of them. */
  readonly program: string;
  readonly onChange: 'reload' | 'restart';
}

/** Where things are inside a configuration container. */
export const READY_PATHS = { program: '/lay-ready.mjs', ready: '/ready.json', secrets: '/secrets', hosts: '/hosts' } as const;

/**
 * On a host's volume: the link to the files that lie ready for it, and named pipes. By one it hears of new ones, by one of two it answers;
 * one it holds open from before it looks at the link until it is off.
 */
export const VOLUME = { current: 'current', changed: 'changed', done: 'done', failed: 'failed', on: 'on' } as const;
/** In a folder of files that lie ready: the files as they stand in the host, what they are, folders to be made, a mark once in force. */
export const IN_READY = { root: 'root', manifest: 'manifest', folders: 'folders', inForce: 'in-force' } as const;
