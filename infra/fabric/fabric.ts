/**
 * The interface to a running city. Drills, `status` and tests use it and do not know which realisation runs the city.
 *
 * A fault is data, so that it can be recorded before it is applied: a killed run can then be undone.
 */

import type { LinkNumber } from '../city/identity.js';

/** A fault on one or more targets, applied and undone as one. */
export type Fault =
  | { readonly do: 'power-off'; readonly hosts: readonly string[] }
  | { readonly do: 'cut'; readonly links: readonly LinkNumber[] }
  | { readonly do: 'impair'; readonly links: readonly LinkNumber[]; readonly impairment: Impairment };

/** What a bad line does to packets, in both directions. An absent part is not changed. */
export interface Impairment {
  /** 0 to 1. */
  readonly lossRatio?: number;
  readonly rateBps?: number;
  readonly delayMs?: number;
}

/** An active fault. The record is stored before the fault is applied, and removed after it is undone. */
export interface ActiveFault {
  readonly schema: 1;
  readonly id: string;
  readonly fault: Fault;
  /** ISO time. */
  readonly injectedAt: string;
  /** ISO time at which the keeper undoes it, whatever became of who injected it; undefined: never. */
  readonly healBy: string | undefined;
  /** Who injected it: `operator`, or the name of a drill's run. */
  readonly by: string;
  /** The mechanism in words, as `nftables ingress drop`. */
  readonly means: string;
}

export interface HostState {
  readonly name: string;
  readonly power: 'on' | 'off';
}

/** What came of a command: its own exit code, and all that it wrote. */
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

/** A command that runs inside a host for as long as its standard input is open: until `end` is called, or the caller dies. */
export interface RunningCommand {
  readonly host: string;
  /** Lines of its standard output, as they come. */
  readonly lines: AsyncIterable<string>;
  /** Closes its input and waits until it has ended. */
  end(): Promise<ExecResult>;
}

/** A running city. `host` is a host's name, as `s1-router1`; commands, files and signals of an unknown one are refused. */
export interface Fabric {
  readonly kind: 'lab' | 'docker';
  hosts(): Promise<readonly HostState[]>;
  /** Runs a command inside a host and waits for it. @throws {WorldError} when the host is off or the command cannot be started */
  exec(host: string, command: readonly string[], options?: ExecOptions): Promise<ExecResult>;
  /** Starts a command that ends by itself when its standard input closes. */
  start(host: string, command: readonly string[]): RunningCommand;
  /** Runs a command on the caller's own terminal. @returns its exit code */
  attach(host: string, command: readonly string[]): Promise<number>;
  /** A file's content; works on a host that is off. @throws {WorldError} when there is none */
  readFile(host: string, path: string): Promise<Buffer>;
  /** Sends a signal to a process that runit supervises. @throws {WorldError} when there is no such process */
  signal(host: string, process: string, signal: 'TERM' | 'KILL' | 'STOP' | 'CONT' | 'HUP'): Promise<void>;
  /** Applies a fault; on return it is active. @throws {WorldError} when it cannot be applied here; what was applied of it is undone */
  inject(fault: Fault, options: { readonly by: string; readonly healAfterSeconds?: number }): Promise<ActiveFault>;
  /** Undoes faults, all of them when no ids are given; may be repeated. @returns those undone */
  heal(ids?: readonly string[]): Promise<readonly ActiveFault[]>;
  /** The active faults, oldest first. */
  faults(): Promise<readonly ActiveFault[]>;
}
