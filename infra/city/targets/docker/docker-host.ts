import type { ElementNumber } from '../../identity.js';

/** A machine with a Docker daemon that runs a part of the city. */
export interface DockerHost {
  readonly key: string;
  /** Where its daemon listens: `unix:///…`, `ssh://user@host` or `tcp://host:port`. */
  readonly connect: string;
  /** Why `tcp:` is spoken in clear there; undefined: with TLS only. */
  readonly withoutTls?: string | undefined;
  /** IPv4, /16: what its containers lay the lines of the city over. */
  readonly underlay: string;
  /** Its device on the data network; undefined: the underlay is a bridge of its own. */
  readonly device?: string | undefined;
  /** In order; what is in no site runs with the primary. */
  readonly sites: readonly ElementNumber[];
  readonly assumed: readonly string[];
}

/** Whether a Docker host is spoken to over TLS: sockets and ssh need none, and what has no reason to be in clear never is. */
export const isOverTls = ({ connect, withoutTls }: Pick<DockerHost, 'connect' | 'withoutTls'>): boolean =>
  connect.startsWith('tcp:') && withoutTls === undefined;
