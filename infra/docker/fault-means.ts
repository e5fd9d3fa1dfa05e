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

/** Where faults are done. */
export interface Ground {
  readonly client: Client;
  readonly city: City;
  readonly wires: readonly Wire[];
  readonly seats: ReadonlyMap<string, Seat>;
  placeOf(host: string): Place;
}

/** Enough to be quick, and few enough for two processors. */
const AT_ONCE = 8;
const HINT = 'see `citydc --fabric docker fault list`, then `citydc --fabric docker fault heal`';

export const dockerFaultMeans = (ground: Ground): Omit<FaultMeans, 'requireKeeper'> => ({
  wordsOf: fault => wordsOf(ground, fault),
  setLines: ends => setLines(ground, ends),
  powerOff: hosts => powerOff(ground, hosts),
  powerOn: (hosts, active) => powerOn(ground, hosts, active),
});

async function wordsOf(ground: Ground, fault: Fault): Promise<string> {
  if (fault.do === 'cut') return 'nftables ingress drop at both ends';
  if (fault.do === 'power-off') return 'nftables drop of the underlay, then docker kill';
  return impairmentMeans(fault.impairment, words => hasQdisc(ground, fault, words));
}

/** Tried on every Docker host that runs an end of the lines, in the first of its containers that runs: kernels may differ. */
async function hasQdisc({ wires, seats, placeOf }: Ground, fault: Fault & { do: 'impair' }, words: readonly string[]): Promise<boolean> {
  const hosts = wires.flatMap(({ link, ends }) => (link !== undefined && fault.links.includes(link) ? ends.map(({ host }) => host) : []));
  const able = [...byDockerHost(seats, hosts).values()].map(async here => {
    for (const host of here) {
      const { failure, exitCode } = await tryExec(placeOf(host), ['sh', '-c', qdiscTrial(words)], { whole: true });
      if (failure === undefined) return exitCode === 0;
    }
    return true; // none of them runs: it shows when they do
  });
  return (await Promise.all(able)).every(Boolean);
}

/** A host that is off has no ends; it gets them when it starts, from who starts it or from the keeper. */
async function setLines({ placeOf }: Pick<Ground, 'placeOf'>, ends: readonly LineEnd[]): Promise<void> {
  const limit = pLimit(AT_ONCE);
  await Promise.all([...grouped(ends, ({ host }) => [host])].map(([host, own]) => limit(() => setEnds(placeOf(host), own))));
}

async function setEnds(place: Place, ends: readonly LineEnd[]): Promise<void> {
  const answer = await tryExec(place, ['sh', '-c', linesScript(ends)], { whole: true });
  const { failure, exitCode, stderr } = answer;
  if (failure === 'off') return;
  // What is no longer there needs no healing.
  if (failure === 'missing' && ends.every(({ fault }) => isWhole(fault))) return;
  if (failure !== undefined) throw unrun(place.host, ['sh'], failure, answer);
  if (exitCode !== 0) throw new WorldError(`a fault could not be set on ${place.host}`, { cause: stderr.trim(), hint: HINT });
}

/**
 * First the silence, then the kill: a dying process's connections must not be closed politely.
 *
 * Those fall silent first that the others are reached through: each takes its time, and seen from outside a site goes all at once.
 */
async function powerOff(ground: Ground, hosts: readonly string[]): Promise<void> {
  const on = (await statesOf(ground, hosts)).filter(isOn).map(({ host }) => host);
  const outer = new Set(ground.wires.flatMap(({ link, ends }) => (link === undefined ? [] : ends.map(({ host }) => host))));
  await runInEach(
    ground,
    on.filter(host => outer.has(host)),
    SILENCE,
  );
  await runInEach(
    ground,
    on.filter(host => !outer.has(host)),
    SILENCE,
  );
  await Promise.all([...byDockerHost(ground.seats, on)].map(([dockerHost, here]) => kill(ground, dockerHost, here)));
}

/** Docker does not start again what it was told to kill. It says so where one ended by itself meanwhile, which is no failure. */
async function kill({ client, city }: Ground, dockerHost: Seat['dockerHost'], hosts: readonly string[]): Promise<void> {
  const words = ['kill', '--signal', 'KILL', ...hosts.map(host => containerName(city, host))];
  const { exitCode, stderr } = await ask(client, dockerHost, words, { whole: true });
  if (exitCode === 0) return;
  const left = (await listContainers(client, city, dockerHost, hosts)).filter(isOn);
  if (left.length > 0)
    throw new WorldError(`not switched off: ${left.map(({ host }) => host).join(', ')}`, { cause: stderr.trim(), hint: HINT });
}

/** Starts what is off; what is on already stays as it is. A host that starts gets the faults of its lines anew: its namespace is another. */
async function powerOn(ground: Ground, hosts: readonly string[], active: readonly ActiveFault[]): Promise<void> {
  const states = await statesOf(ground, hosts);
  const [on, off] = [states.filter(isOn), states.filter(state => !isOn(state))].map(list => list.map(({ host }) => host));
  await runInEach(ground, on ?? [], UNSILENCE);
  await startAll(ground, off ?? []);
  const started = new Set(hosts);
  const ends = endsOf(ground.wires, active, active);
  await setLines(
    ground,
    ends.filter(({ host }) => started.has(host)),
  );
}

/** One command each: docker itself starts the containers that it is named one after the other. */
async function startAll({ client, city, placeOf }: Ground, hosts: readonly string[]): Promise<void> {
  const limit = pLimit(AT_ONCE);
  const start = (host: string) =>
    demand(client, placeOf(host).dockerHost, ['start', containerName(city, host)], {
      doing: `host ${host} could not be switched on`,
      hint: HINT,
    });
  await Promise.all(hosts.map(host => limit(() => start(host))));
}

async function runInEach({ placeOf }: Ground, hosts: readonly string[], script: string): Promise<void> {
  await Promise.all(
    hosts.map(async host => {
      const answer = await tryExec(placeOf(host), ['sh', '-c', script], { whole: true });
      if (answer.failure !== undefined && answer.failure !== 'off') throw unrun(host, ['nft'], answer.failure, answer);
      if (answer.failure === undefined && answer.exitCode !== 0)
        throw new WorldError(`${host} could not be silenced, or heard again`, { cause: answer.stderr.trim(), hint: HINT });
    }),
  );
}

async function statesOf({ client, city, seats }: Ground, hosts: readonly string[]) {
  const groups = [...byDockerHost(seats, hosts)].map(([dockerHost, here]) => listContainers(client, city, dockerHost, here));
  return (await Promise.all(groups)).flat();
}
