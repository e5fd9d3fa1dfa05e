/**
 * A running realisation of a city. Drills, `status` and tests see this and never know which one they run on.
 *
 * A fault is data, so that what undoes it can be written down before it is applied.
 */

import type { LinkNumber } from '../city/identity.js';

/** A fault on one or more targets, applied as one. */
export type Fault =
  | { readonly do: 'power-off'; readonly hosts: readonly string[] }
  | { readonly do: 'cut'; readonly links: readonly LinkNumber[] }
  | { readonly do: 'impair'; readonly links: readonly LinkNumber[]; readonly impairment: Impairment };

/** What a bad line does to packets; each absent part stays as it is. Both directions. */
export interface Impairment {
  /** 0 to 1. */
  readonly lossRatio?: number;
  readonly rateBps?: number;
  readonly delayMs?: number;
}

/** A fault in force. It is written down before it is applied, and forgotten after it is undone. */
export interface ActiveFault {
  readonly schema: 1;
  readonly id: string;
  readonly fault: Fault;
  /** ISO time. */
  readonly injectedAt: string;
  /** ISO time at which the fabric undoes it by itself (dead man's timer); undefined: never. */
  readonly healBy: string | undefined;
  /** Who asked: `operator`, or a drill's run. */
  readonly by: string;
  /** How it is done here, as `nftables ingress drop`. */
  readonly means: string;
}

export interface HostState {
  readonly name: string;
  readonly power: 'on' | 'off';
}

export interface ExecResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ExecOptions {
  readonly input?: string | Buffer;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** A command that goes on running inside a host. It ends when `end` is called and also when the caller dies: its standard input closes. */
export interface RunningCommand {
  readonly host: string;
  /** Lines of its standard output, as they come. */
  readonly lines: AsyncIterable<string>;
  /** Closes its input and waits for it. */
  end(): Promise<ExecResult>;
}

export interface Fabric {
  readonly kind: 'lab' | 'docker';
  hosts(): Promise<readonly HostState[]>;
  /** Runs a command inside a host and waits for it. @throws {WorldError} when the host is off or the command cannot be started */
  exec(host: string, command: readonly string[], options?: ExecOptions): Promise<ExecResult>;
  /** Starts a command that reads until its input closes. */
  start(host: string, command: readonly string[]): RunningCommand;
  /** Runs a command on the caller's own terminal. @returns its exit code */
  attach(host: string, command: readonly string[]): Promise<number>;
  /** A file's content; works on a host that is off. @throws {WorldError} when there is none */
  readFile(host: string, path: string): Promise<Buffer>;
  /** Sends a signal to a supervised process. */
  signal(host: string, process: string, signal: 'TERM' | 'KILL' | 'STOP' | 'CONT' | 'HUP'): Promise<void>;
  /** Applies a fault; on return it is in force. @throws {WorldError} when the machine lacks the means */
  inject(fault: Fault, options: { readonly by: string; readonly healAfterSeconds?: number }): Promise<ActiveFault>;
  /** Undoes faults; safe twice. All of them when no id is given. @returns those undone */
  heal(ids?: readonly string[]): Promise<readonly ActiveFault[]>;
  faults(): Promise<readonly ActiveFault[]>;
}
