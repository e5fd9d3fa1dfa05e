import type { Flow } from '../city/model.js';
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

/** A connection that a program opens from its host, which the matrix of flows must allow. */
export interface ProgramConnection {
  /** The address of the other end, IPv4. */
  readonly to: string;
  readonly protocol: Flow['protocol'];
  /** None of icmp. */
  readonly port?: number;
  /** Which links it takes; the data network where absent. */
  readonly over?: Flow['over'];
  /** What the program does there, as what comes after its name: `reads metrics`. */
  readonly why: string;
}

/** One program: what it needs installed, and what it is on a given host. */
export interface Program {
  readonly name: string;
  /** Debian packages; the image's list is the union of all. */
  readonly packages: readonly string[];
  /** Linux capabilities beyond those of every host. */
  readonly capabilities?: readonly string[];
  render(topology: Topology, machine: Machine): Rendered;
  /** Every connection that it opens from a host of its own accord; what leads to the same host is left out by who asks. */
  connects(topology: Topology, machine: Machine): readonly ProgramConnection[];
  /** Checks of its rendered files, for the lint tests. */
  readonly lints?: readonly Lint[];
}
