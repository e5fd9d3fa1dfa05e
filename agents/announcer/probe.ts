/** What the announcer asks: edges whether a system's application answers, etcd whether it has quorum. Never throws: no answer is no. */

import { Agent } from 'node:http';
import { Agent as SecureAgent, request as secureRequest } from 'node:https';
import { urlToHttpOptions } from 'node:url';
import * as z from 'zod/mini';
import type { Edge } from '../contract/announcer.js';
import { type Answered, exchange } from '../contract/exchange.js';
import { jsonOf } from '../contract/json.js';

/** One round of questions to one peer may take this long. */
const PROBE_TIMEOUT_MS = 1000;
/** Both answer with a line; what is longer is not theirs. */
const ANSWER_BYTES = 65_536;

export interface EdgeProbe {
  /** The systems for which the edge has a live application host; none when it does not answer. */
  ask(systems: readonly string[]): Promise<ReadonlySet<string>>;
}

/** A prober of one edge. Its connection is kept; the whole round shares one deadline, so a silent edge costs it once. */
export function edgeProbe({ address, healthPort }: Edge): EdgeProbe {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return {
    ask: async systems => {
      const answers = await Promise.all(systems.map(system => ask(`http://${address.v4}:${healthPort}/${system}`, agent)));
      return new Set(systems.filter((_, index) => answers[index]?.status === 200));
    },
  };
}

/** How this site's etcd is asked. */
export interface QuorumQuestion {
  readonly members: readonly string[];
  /** The address that it is asked from: the certificate's. */
  readonly source: string;
  readonly identity: OwnIdentity;
}
/** In PEM. */
export interface OwnIdentity {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** A prober of this site's etcd. @returns whether some member of it has quorum, as far as it can say within the deadline */
export function quorumProbe({ members, source, identity }: QuorumQuestion): () => Promise<boolean> {
  const agent = new SecureAgent({ ...identity, localAddress: source, keepAlive: true });
  return async () => {
    const answers = await Promise.all(members.map(member => ask(`${member.replace(/\/$/, '')}/health`, agent, secureRequest)));
    return answers.some(answer => answer !== undefined && jsonOf(HEALTHY, answer.body) !== undefined);
  };
}

/** etcd 3.4 answers `{"health":"true"}`; a later one adds a reason. */
const HEALTHY = z.object({ health: z.literal('true') });

/** A whole answer. Questions of a round start at once, so those that wait for their turn on a kept connection share its limit. */
async function ask(url: string, agent: Agent, by?: typeof secureRequest): Promise<Answered | undefined> {
  const to = { ...urlToHttpOptions(new URL(url)), agent };
  const exchanged = await exchange({
    to,
    ...(by === undefined ? {} : { by }),
    mostBytes: ANSWER_BYTES,
    limits: { answerMs: PROBE_TIMEOUT_MS },
  });
  return exchanged.at === 'answered' && exchanged.whole ? exchanged : undefined;
}
