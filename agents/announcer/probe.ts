/** What the announcer asks: edges whether a system's application answers, etcd whether it has quorum. Never throws: no answer is no. */

import { Agent, get } from 'node:http';
import type { Edge } from '../contract/announcer.js';

/** One round of questions to one peer may take this long. */
const PROBE_TIMEOUT_MS = 1000;

export interface EdgeProbe {
  /** The systems for which the edge has a live application host; none when it does not answer. */
  ask(systems: readonly string[]): Promise<ReadonlySet<string>>;
}

/** A prober of one edge. Its connection is kept; the whole round shares one deadline, so a silent edge costs it once. */
export function edgeProbe({ address, healthPort }: Edge): EdgeProbe {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return {
    ask: async systems => {
      const signal = AbortSignal.timeout(PROBE_TIMEOUT_MS);
      const answers = await Promise.all(systems.map(system => ask(`http://${address.v4}:${healthPort}/${system}`, agent, signal)));
      return new Set(systems.filter((_, index) => answers[index]?.status === 200));
    },
  };
}

/** A prober of this site's etcd. @returns whether some member of it has quorum, as far as it can say within the deadline */
export function quorumProbe(members: readonly string[]): () => Promise<boolean> {
  const agent = new Agent({ keepAlive: true });
  return async () => {
    const signal = AbortSignal.timeout(PROBE_TIMEOUT_MS);
    const answers = await Promise.all(members.map(member => ask(`${member.replace(/\/$/, '')}/health`, agent, signal)));
    return answers.some(answer => answer !== undefined && saysHealthy(answer.body));
  };
}

/** etcd 3.4 answers `{"health":"true"}`; a later one adds a reason. */
function saysHealthy(body: string): boolean {
  try {
    return (JSON.parse(body) as { health?: unknown }).health === 'true';
  } catch {
    return false;
  }
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

const ask = (url: string, agent: Agent, signal: AbortSignal): Promise<Answer | undefined> =>
  new Promise(resolve => {
    const request = get(url, { agent, signal }, response => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        body += part;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      response.on('error', () => resolve(undefined));
    });
    request.on('error', () => resolve(undefined));
  });
