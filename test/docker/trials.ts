/**
 * What a Fabric over real containers must do, as functions that throw: `city.test.ts` runs them on a city that is healthy, one after the
 * other. Each leaves it without faults.
 */

import { setTimeout as pause } from 'node:timers/promises';
import type { LinkNumber } from '../../infra/city/identity.js';
import { linkName, siteOf } from '../../infra/city/model.js';
import type { ActiveFault, Fabric } from '../../infra/fabric/fabric.js';
import type { Topology } from '../../infra/site/topology.js';

interface Ground {
  readonly fabric: Fabric;
  readonly topology: Topology;
}

export type Trial = (ground: Ground) => Promise<void>;

/** By what it proves. */
export const TRIALS = {
  'a command runs in its host, and its own exit code is reported': commands,
  'a command ends when its input does': runningCommand,
  'a host that is off says so, and its files can be read': powerOff,
  'a cut line is silent, and is whole again when it is healed': cut,
  'a cut line stays cut when a container at its end is started anew': cutSurvivesRestart,
  'power comes back without the cuts that stay': cutSurvivesPowerOff,
  'a line loses what it is set to lose, and what the kernel lacks is refused by name': impair,
  'a fault with a time is undone by itself': deadMan,
} as const satisfies Record<string, Trial>;

/** An office, its access line, and what it may ping beyond that: the primary site's router. */
function place({ topology }: Ground) {
  const office = topology.city.endpoints.find(endpoint => endpoint.class === 'ward');
  const link = topology.city.links.find(({ kind, ends }) => kind === 'access' && office !== undefined && ends.includes(office.number));
  if (office === undefined || link === undefined) throw new Error('the city has no ward');
  const far = topology.plan.loopback(siteOf(topology.city, 'primary')?.number ?? office.number).v4;
  return { host: `e${office.number}`, line: link.number, device: linkName(link), far };
}

function demand(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(what);
}

async function until(what: string, holds: () => Promise<boolean>, deadlineMs = 60_000): Promise<void> {
  for (const giveUpAt = performance.now() + deadlineMs; !(await holds()); await pause(200))
    demand(performance.now() < giveUpAt, `not yet: ${what}`);
}

const inject = ({ fabric }: Ground, fault: Parameters<Fabric['inject']>[0], healAfterSeconds?: number): Promise<ActiveFault> =>
  fabric.inject(fault, { by: 'a trial', ...(healAfterSeconds === undefined ? {} : { healAfterSeconds }) });
const cutLine = (ground: Ground, line: LinkNumber) => inject(ground, { do: 'cut', links: [line] });

/** Whether the office reaches what is beyond its access line. */
async function crosses({ fabric }: Ground, { host, far }: ReturnType<typeof place>): Promise<boolean> {
  return (await fabric.exec(host, ['ping', '-q', '-c', '1', '-W', '1', far])).exitCode === 0;
}

async function isCutAt({ fabric }: Ground, host: string, device: string): Promise<boolean> {
  const { exitCode, stdout } = await fabric.exec(host, ['nft', 'list', 'table', 'netdev', `citydc_${device}`]);
  return exitCode === 0 && stdout.includes('policy drop');
}

async function commands(ground: Ground): Promise<void> {
  const { fabric } = ground;
  const { host } = place(ground);
  const { exitCode, stdout, stderr } = await fabric.exec(host, ['sh', '-c', 'cat; echo err >&2; exit 7'], { input: 'given\n' });
  demand(exitCode === 7 && stdout === 'given\n' && stderr === 'err\n', `${exitCode} ${stdout} ${stderr}`);
  const refused = await fabric.exec(host, ['no-such-program']).catch(String);
  demand(String(refused).includes('could not be run'), String(refused));
}

async function runningCommand(ground: Ground): Promise<void> {
  const { host } = place(ground);
  const command = ground.fabric.start(host, ['sh', '-c', 'echo began; cat > /dev/null; exit 5']);
  const lines: string[] = [];
  for await (const line of command.lines) {
    lines.push(line);
    void command.end();
  }
  const { exitCode } = await command.end();
  demand(exitCode === 5 && lines.join() === 'began', `${exitCode} ${lines}`);
}

async function powerOff(ground: Ground): Promise<void> {
  const { fabric } = ground;
  const { host } = place(ground);
  await fabric.exec(host, ['sh', '-c', 'echo kept > /var/lib/citydc/note']);
  await inject(ground, { do: 'power-off', hosts: [host] });
  const off = (await fabric.hosts()).filter(({ power }) => power === 'off').map(({ name }) => name);
  demand(off.join() === host, `off: ${off}`);
  demand(String(await fabric.exec(host, ['true']).catch(String)).includes(`host ${host} is off`), 'it answers');
  demand((await fabric.readFile(host, '/var/lib/citydc/note')).toString() === 'kept\n', 'its file is another');
  await fabric.heal();
  demand((await fabric.readFile(host, '/var/lib/citydc/note')).toString() === 'kept\n', 'its file is gone');
}

async function cut(ground: Ground): Promise<void> {
  const spot = place(ground);
  await until('the line is whole', () => crosses(ground, spot));
  await cutLine(ground, spot.line);
  demand(!(await crosses(ground, spot)), 'packets cross a cut line');
  const { stdout } = await ground.fabric.exec(spot.host, ['cat', `/sys/class/net/${spot.device}/carrier`]);
  demand(stdout.trim() === '1', 'a cut line lost its carrier');
  await ground.fabric.heal();
  await until('the line is whole again', () => crosses(ground, spot));
}

/** Ends the host's first process: Docker starts the container again by itself, without the cut. */
async function cutSurvivesRestart(ground: Ground): Promise<void> {
  const spot = place(ground);
  const { fabric } = ground;
  await cutLine(ground, spot.line);
  const bootedAt = async () => (await fabric.exec(spot.host, ['cat', '/proc/1/stat']).catch(() => undefined))?.stdout.split(' ')[21];
  const before = await bootedAt();
  await fabric.exec(spot.host, ['kill', '-TERM', '1']);
  await until('the container is another', async () => {
    const now = await bootedAt();
    return now !== undefined && now !== before;
  });
  await until('the line is cut again', () => isCutAt(ground, spot.host, spot.device), 20_000);
  await fabric.heal();
  await until('the line is whole again', () => crosses(ground, spot));
}

async function cutSurvivesPowerOff(ground: Ground): Promise<void> {
  const spot = place(ground);
  const off = await inject(ground, { do: 'power-off', hosts: [spot.host] });
  await cutLine(ground, spot.line);
  await ground.fabric.heal([off.id]);
  demand(await isCutAt(ground, spot.host, spot.device), 'the line came back whole');
  await ground.fabric.heal();
  await until('the line is whole again', () => crosses(ground, spot));
}

async function impair(ground: Ground): Promise<void> {
  const spot = place(ground);
  const { fabric } = ground;
  await inject(ground, { do: 'impair', links: [spot.line], impairment: { lossRatio: 0.5, rateBps: 2e6 } });
  const { stdout } = await fabric.exec(spot.host, ['ping', '-q', '-c', '40', '-i', '0.05', '-W', '1', spot.far]);
  demand(!/ 0% packet loss/.test(stdout), stdout);
  await fabric.heal();
  const delayed = await inject(ground, { do: 'impair', links: [spot.line], impairment: { delayMs: 20 } }).catch(String);
  demand(typeof delayed !== 'string' || delayed.includes('netem'), String(delayed));
  await fabric.heal();
}

async function deadMan(ground: Ground): Promise<void> {
  const spot = place(ground);
  await inject(ground, { do: 'cut', links: [spot.line] }, 2);
  demand((await ground.fabric.faults()).length === 1, 'it was undone at once');
  await until('the fault is undone', async () => (await ground.fabric.faults()).length === 0, 30_000);
  await until('the line is whole again', () => crosses(ground, spot));
}
