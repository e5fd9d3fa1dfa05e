import type { ElementNumber } from '../../identity.js';

/** A machine with a Docker daemon that runs a part of the city. */
export interface DockerHost {
  readonly key: string;
  /** Where its daemon listens: `unix:///…`, `ssh://user@host` or `tcp://host:port`. */
  readonly connect: string;
  /** IPv4, /16: what its containers lay the lines of the city over. */
  readonly underlay: string;
  /** Its device on the data network; undefined: the underlay is a bridge of its own. */
  readonly device?: string | undefined;
  /** In order; what is in no site runs with the primary. */
  readonly sites: readonly ElementNumber[];
  readonly assumed: readonly string[];
}
