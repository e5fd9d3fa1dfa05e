import { WorldError } from '../../../infra/city/problem.js';
import { type Change, describeChange } from '../change.js';
import type { Cloud } from '../cloud.js';
import { type Handover, titleOf } from '../handover.js';
import type { Situation } from '../situation.js';
import { accepted, answered } from './answers.js';
import { type Connection, namesClient, siteClients } from './clients.js';
import { healthChecks, lookAt } from './look.js';
import { performAt, turnNames } from './perform.js';

/** AWS itself, or whatever answers at an endpoint. Credentials are the SDK's own business. */
export function awsCloud(handover: Handover, connection: Connection, nowMs: () => number): Cloud {
  const { city, from, to } = handover;
  const clients = { from: siteClients(from, connection), to: siteClients(to, connection) };
  const route53 = namesClient(connection);
  return {
    look: async () => {
      const atMs = nowMs();
      const [left, taking, checks] = await Promise.all([
        lookAt(clients.from, city.systems, atMs),
        lookAt(clients.to, city.systems, atMs),
        answered('health checks', () => healthChecks(route53, [from, to])),
      ]);
      return answering({ nowMs: atMs, from: left, to: taking, checks }, handover);
    },
    perform: async change => {
      await accepted(describeChange(change), () => perform(change));
    },
  };

  function perform(change: Change): Promise<unknown> {
    if (change.do === 'turn-names') return turnNames(route53, change);
    const [here, other] = change.at === 'from' ? [clients.from, to] : [clients.to, from];
    return performAt({ here, other, handover }, change);
  }
}

/** When neither site says anything, it is rather this machine that is cut off. @throws {WorldError} when the site to take over is silent */
function answering(situation: Situation, { to }: Handover): Situation {
  const { database, services } = situation.to;
  if (database === undefined && services === undefined)
    throw new WorldError(`${titleOf(to)} (${to.region}) does not answer`, {
      hint: 'see the line of this machine, and the credentials; then run it again',
    });
  return situation;
}
