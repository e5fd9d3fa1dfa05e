/** What a prober is asked to try inside a host, and what it says came of it. */

/** One packet that begins something, and whatever answers it. */
export interface Attempt {
  readonly protocol: 'tcp' | 'udp' | 'icmp';
  /** The own address that it comes from. */
  readonly source: string;
  readonly destination: string;
  /** 0 for icmp. */
  readonly port: number;
}

/** `reached`: the destination itself answered, be it with a refusal. `silent`: nothing came back from it. `untried`: it could not be sent. */
export type Reached = 'reached' | 'silent' | 'untried';

export interface AttemptOutcome {
  readonly reached: Reached;
  /** How one knows, a word or an error's code: `connected`, `ECONNREFUSED`, `no answer`. */
  readonly by: string;
}

export interface ProbeRequest {
  readonly attempts: readonly Attempt[];
  readonly timeoutMs: number;
  /** How many are open at a time. */
  readonly atOnce: number;
}
