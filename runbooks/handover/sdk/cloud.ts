import { WorldError } from '../../../infra/city/problem.js';
import { type Change, describeChange, type End } from '../change.js';
import type { Cloud } from '../cloud.js';
import { type Handover, titleOf } from '../handover.js';
import type { SiteFacts, Situation } from '../situation.js';
import { accepted, answered, limitOf } from './answers.js';
import { type Connection, namesClient, siteClients } from './clients.js';
import { healthChecks, lookAt } from './look.js';
import { performAt, turnNames } from './perform.js';

export interface Patience {
  /** How long a site may take to answer. */
  readonly lookMs: number;
  /** How long, when it did not answer the last time: a region that is lost must not delay every step. */
  readonly lookAgainMs: number;
}
export const PATIENCE: Patience = { lookMs: 10_000, lookAgainMs: 3000 };

/** AWS itself, or what is at the connection's endpoint. Credentials are found by the SDK. */
export function awsCloud(handover: Handover, connection: Connection, nowMs: () => number, patience: Patience = PATIENCE): Cloud {
  const { city, from, to } = handover;
  const clients = { from: siteClients(from, connection), to: siteClients(to, connection) };
  const route53 = namesClient(connection);
  const silent = new Set<End>();
  return {
    look: async signal => {
      const over = new AbortController();
      try {
        return answering(await look(signal, over.signal), handover);
      } finally {
        // After a refusal, the requests that are still open.
        over.abort();
      }
    },
    perform: (change, signal) => accepted(describeChange(change), () => perform(change, signal), signal),
  };

  async function look(signal: AbortSignal, over: AbortSignal): Promise<Situation> {
    const atMs = nowMs();
    const limit = limitOf(signal, over, patience.lookMs);
    const [left, taking, checks] = await Promise.all([
      lookOnce('from', atMs, signal, over),
      lookOnce('to', atMs, signal, over),
      answered('health checks', () => healthChecks(route53, [from, to], limit.signal), limit),
    ]);
    return { nowMs: atMs, from: left, to: taking, checks };
  }

  async function lookOnce(end: End, atMs: number, signal: AbortSignal, over: AbortSignal): Promise<SiteFacts> {
    const limit = limitOf(signal, over, silent.has(end) ? patience.lookAgainMs : patience.lookMs);
    const facts = await lookAt(clients[end], city.systems, atMs, limit);
    if (isSilent(facts)) silent.add(end);
    else silent.delete(end);
    return facts;
  }

  function perform(change: Change, abortSignal: AbortSignal): Promise<unknown> {
    const options = { abortSignal };
    if (change.do === 'turn-names') return turnNames(route53, change, options);
    const [here, other] = change.at === 'from' ? [clients.from, to] : [clients.to, from];
    return performAt({ here: { ...here, options }, other, handover }, change);
  }
}

const isSilent = (facts: SiteFacts): boolean => Object.values(facts).every(fact => fact === undefined);

/** When the site to take over does not answer, rather this machine is cut off. @throws {WorldError} in that case */
function answering(situation: Situation, { to }: Handover): Situation {
  const { database, services } = situation.to;
  if (database === undefined && services === undefined)
    throw new WorldError(`${titleOf(to)} (${to.region}) does not answer`, {
      hint: 'see the line of this machine, and the credentials; then run it again',
    });
  return situation;
}
