/** What a configuration container is given: the files of one node's hosts, for it to write onto their volumes. */
export interface Ready {
  readonly schema: 1;
  readonly hosts: readonly ReadyHost[];
}

export interface ReadyHost {
  readonly name: string;
  /** What the host compares with what it has applied: a line a file, as `digest onChange program path`. Lay-ready adds those of secrets. */
  readonly manifest: string;
  /** Folders that the host creates, a line each: owner, mode, path. */
  readonly folders: string;
  readonly files: readonly ReadyFile[];
  /** Their values come from files of their own: nothing that is synthesised contains them. */
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
  /** Whose processes use it, and what they do when its value changes. */
  readonly program: string;
  readonly onChange: 'reload' | 'restart';
}

/** Where things are inside a configuration container. */
export const READY_PATHS = { program: '/lay-ready.mjs', ready: '/ready.json', secrets: '/secrets', hosts: '/hosts' } as const;

/**
 * Names on a host's volume: the link to its current files, and named pipes. The host is notified of new files by `changed` and answers by
 * `done` or `failed`; it holds `on` open from before it follows the link until it is off.
 */
export const VOLUME = { current: 'current', changed: 'changed', done: 'done', failed: 'failed', on: 'on' } as const;
/** Names in a folder of a host's files: the files below `root` as in the host, their list, folders to create, a mark once applied. */
export const IN_READY = { root: 'root', manifest: 'manifest', folders: 'folders', applied: 'applied' } as const;
