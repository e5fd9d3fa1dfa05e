/** How faults are done on Docker hosts: nftables and tc inside the containers, and Docker's own kill. */

import pLimit from 'p-limit';
import { grouped } from '../city/grouped.js';
import type { City } from '../city/model.js';
import { WorldError } from '../city/problem.js';
import type { ActiveFault, Fault } from '../fabric/fabric.js';
import type { FaultMeans } from '../fabric/faults/inject.js';
import { endsOf, impairmentMeans, isWhole, type LineEnd } from '../fabric/faults/lines.js';
import type { Wire } from '../site/host.js';
import { ask, type Client, demand } from './client.js';
import { byDockerHost, isOn, listContainers } from './containers.js';
import { type Place, tryExec, unrun } from './exec.js';
import { linesScript, qdiscTrial, SILENCE, UNSILENCE } from './fault-script.js';
import { containerName } from './names.js';
import type { Seat } from './seats.js';

/** What faults act upon: the hosts and wires of a city, and the way to them. */
export interface FaultTargets {
  readonly client: Client;
  readonly city: City;
  readonly wires: readonly Wire[];
  readonly seats: ReadonlyMap<string, Seat>;
  placeOf(host: string): Place;
}

/** Enough to be quick, and few enough for two processors. */
const AT_ONCE = 8;
const HINT = 'see `citydc --fabric docker fault list`, then `citydc --fabric docker fault heal`';

/** How faults are set and undone, for `faultMethods`. */
export const dockerFaultMeans = (targets: FaultTargets): Omit<FaultMeans, 'requireKeeper'> => ({
  wordsOf: fault => wordsOf(targets, fault),
  setLines: ends => setLines(targets, ends),
  powerOff: hosts => powerOff(targets, hosts),
  powerOn: (hosts, active) => powerOn(targets, hosts, active),
});

async function wordsOf(targets: FaultTargets, fault: Fault): Promise<string> {
  if (fault.do === 'cut') return 'nftables ingress drop at both ends';
  if (fault.do === 'power-off') return 'nftables drop of the underlay, then docker kill';
  return impairmentMeans(fault.impairment, words => hasQdisc(targets, fault, words));
}

/** Tried on every Docker host that runs an end of the lines, in the first of its containers that runs: kernels may differ. */
async function hasQdisc(
  { wires, seats, placeOf }: FaultTargets,
  fault: Fault & { do: 'impair' },
  words: readonly string[],
): Promise<boolean> {
  const hosts = wires.flatMap(({ link, ends }) => (link !== undefined && fault.links.includes(link) ? ends.map(({ host }) => host) : []));
  const able = [...byDockerHost(seats, hosts).values()].map(async here => {
    for (const host of here) {
      const { failure, exitCode } = await tryExec(placeOf(host), ['sh', '-c', qdiscTrial(words)], { whole: true });
      if (failure === undefined) return exitCode === 0;
    }
    return true; // none of them runs: the keeper finds out when one does
  });
  return (await Promise.all(able)).every(Boolean);
}

/** A host that is off has no ends; when it starts, `powerOn` or the keeper sets them. */
async function setLines({ placeOf }: Pick<FaultTargets, 'placeOf'>, ends: readonly LineEnd[]): Promise<void> {
  const limit = pLimit(AT_ONCE);
  await Promise.all([...grouped(ends, ({ host }) => [host])].map(([host, own]) => limit(() => setEnds(placeOf(host), own))));
}

async function setEnds(place: Place, ends: readonly LineEnd[]): Promise<void> {
  const answer = await tryExec(place, ['sh', '-c', linesScript(ends)], { whole: true });
  const { failure, exitCode, stderr } = answer;
  if (failure === 'off') return;
  // A host that is gone needs no healing.
  if (failure === 'missing' && ends.every(({ fault }) => isWhole(fault))) return;
  if (failure !== undefined) throw unrun(place.host, ['sh'], failure, answer);
  if (exitCode !== 0) throw new WorldError(`a fault could not be set on ${place.host}`, { cause: stderr.trim(), hint: HINT });
}

/**
 * First all packets are dropped, then the containers are killed: the connections of a dying process must not be closed in order.
 *
 * Hosts with lines come first: each takes its time, and without them a site is lost to the outside at one moment.
 */
async function powerOff(targets: FaultTargets, hosts: readonly string[]): Promise<void> {
  const on = (await statesOf(targets, hosts)).filter(isOn).map(({ host }) => host);
  const outer = new Set(targets.wires.flatMap(({ link, ends }) => (link === undefined ? [] : ends.map(({ host }) => host))));
  await runInEach(
    targets,
    on.filter(host => outer.has(host)),
    SILENCE,
  );
  await runInEach(
    targets,
    on.filter(host => !outer.has(host)),
    SILENCE,
  );
  await Promise.all([...byDockerHost(targets.seats, on)].map(([dockerHost, here]) => kill(targets, dockerHost, here)));
}

/** Docker does not restart what it was asked to kill. It fails where a container ended by itself meanwhile, which is no failure here. */
async function kill({ client, city }: FaultTargets, dockerHost: Seat['dockerHost'], hosts: readonly string[]): Promise<void> {
  const words = ['kill', '--signal', 'KILL', ...hosts.map(host => containerName(city, host))];
  const { exitCode, stderr } = await ask(client, dockerHost, words, { whole: true });
  if (exitCode === 0) return;
  const left = (await listContainers(client, city, dockerHost, hosts)).filter(isOn);
  if (left.length > 0)
    throw new WorldError(`not switched off: ${left.map(({ host }) => host).join(', ')}`, { cause: stderr.trim(), hint: HINT });
}

/** Starts hosts that are off; others stay as they are. A host that starts gets the faults of its lines anew: its network namespace is new. */
async function powerOn(targets: FaultTargets, hosts: readonly string[], active: readonly ActiveFault[]): Promise<void> {
  const states = await statesOf(targets, hosts);
  const [on, off] = [states.filter(isOn), states.filter(state => !isOn(state))].map(list => list.map(({ host }) => host));
  await runInEach(targets, on ?? [], UNSILENCE);
  await startAll(targets, off ?? []);
  const started = new Set(hosts);
  const ends = endsOf(targets.wires, active, active);
  await setLines(
    targets,
    ends.filter(({ host }) => started.has(host)),
  );
}

/** One command each: docker would start the containers of one command one after the other. */
async function startAll({ client, city, placeOf }: FaultTargets, hosts: readonly string[]): Promise<void> {
  const limit = pLimit(AT_ONCE);
  const start = (host: string) =>
    demand(client, placeOf(host).dockerHost, ['start', containerName(city, host)], {
      doing: `host ${host} could not be switched on`,
      hint: HINT,
    });
  await Promise.all(hosts.map(host => limit(() => start(host))));
}

async function runInEach({ placeOf }: FaultTargets, hosts: readonly string[], script: string): Promise<void> {
  await Promise.all(
    hosts.map(async host => {
      const answer = await tryExec(placeOf(host), ['sh', '-c', script], { whole: true });
      if (answer.failure !== undefined && answer.failure !== 'off') throw unrun(host, ['nft'], answer.failure, answer);
      if (answer.failure === undefined && answer.exitCode !== 0)
        throw new WorldError(`the packets of ${host} could not be dropped, or let through again`, {
          cause: answer.stderr.trim(),
          hint: HINT,
        });
    }),
  );
}

async function statesOf({ client, city, seats }: FaultTargets, hosts: readonly string[]) {
  const groups = [...byDockerHost(seats, hosts)].map(([dockerHost, here]) => listContainers(client, city, dockerHost, here));
  return (await Promise.all(groups)).flat();
}
