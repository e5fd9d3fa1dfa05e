import type { Host, HostFile, HostFolder, HostSecret, Process } from './host.js';
import type { Machine, Topology } from './topology.js';

/** What one program puts on one host. Pure: same city, same bytes. */
export interface Rendered {
  readonly files?: readonly Omit<HostFile, 'program'>[];
  readonly folders?: readonly HostFolder[];
  readonly processes?: readonly Omit<Process, 'program'>[];
  readonly secrets?: readonly Omit<HostSecret, 'program'>[];
  readonly sysctls?: Host['sysctls'];
  /** Applies changed files where the program has no process of its own. */
  readonly apply?: readonly string[];
}

/** How a program's own parser judges its files: run inside a root that holds them, it must exit 0 and say nothing of `refuses`. */
export interface Lint {
  readonly command: readonly string[];
  /** Output that means refusal even when the exit code is 0 (bgpd -C accepts unknown commands with 0). */
  readonly refuses?: RegExp;
}

/** One program: what it needs installed, and what it is on a given host. */
export interface Program {
  readonly name: string;
  /** Debian packages; the image's list is the union of all. */
  readonly packages: readonly string[];
  /** Linux capabilities beyond those of every host. */
  readonly capabilities?: readonly string[];
  render(topology: Topology, machine: Machine): Rendered;
  /** Checks of its rendered files, for the lint tests. */
  readonly lints?: readonly Lint[];
}
