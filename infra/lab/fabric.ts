import { readFile } from 'node:fs/promises';
import { execa } from 'execa';
import { WorldError } from '../city/problem.js';
import type { ActiveFault, ExecOptions, ExecResult, Fabric, Fault, RunningCommand } from '../site/fabric.js';
import type { Host, Wire } from '../site/host.js';
import { execFailure, execWords, forgetContainers, initPid, killContainers, startContainers } from './container.js';
import { inside } from './disk.js';
import { applyLine, forgetNetwork, hostsOff, impairmentMeans, lineWish, silence, unsilence } from './fault-means.js';
import { forgetFault, readFaults, recordFault } from './fault-store.js';
import { askKeeper, holdFaults } from './single.js';
import type { StateFolder } from './state-folder.js';

const DEFAULT_TIMEOUT_MS = 60_000;

/** What a fabric must know of a city: its hosts' names and its wires. */
export interface Cabling {
  readonly hosts: readonly Pick<Host, 'name'>[];
  readonly wires: readonly Wire[];
}

/** The lab as a Fabric: hosts are runc containers in namespaces of this machine. */
export function labFabric(state: StateFolder, cabling: Cabling): Fabric {
  const known = new Set(cabling.hosts.map(({ name }) => name));
  const fabric: Fabric = {
    kind: 'lab',
    hosts: () =>
      Promise.all(
        cabling.hosts.map(async ({ name }) => ({ name, power: (await initPid(state, name)) === undefined ? 'off' : 'on' }) as const),
      ),
    exec: (host, command, options) => exec(state, mustKnow(known, host), command, options),
    start: (host, command) => start(state, mustKnow(known, host), command),
    attach: (host, command) => attach(state, mustKnow(known, host), command),
    readFile: (host, path) =>
      readFile(inside(state, mustKnow(known, host), path)).catch(cause => {
        throw new WorldError(`cannot read ${path} on ${host}`, {
          cause,
          hint: `see what is there: citydc exec ${host} -- ls ${path.replace(/[^/]*$/, '')}`,
        });
      }),
    signal: async (host, process, signal) => {
      const { exitCode, stderr } = await fabric.exec(host, ['sv', SV_VERBS[signal], process]);
      if (exitCode !== 0)
        throw new WorldError(`process ${process} on ${host} took no signal`, {
          cause: stderr,
          hint: `see its processes: citydc exec ${host} -- sv status /etc/service/*`,
        });
    },
    inject: (fault, options) => oneAtATime(state, () => inject(state, cabling, fault, options)),
    heal: ids => oneAtATime(state, () => undo(state, cabling, ids)),
    faults: () => readFaults(state.faults),
  };
  return fabric;
}

const SV_VERBS = { TERM: 'term', KILL: 'kill', STOP: 'pause', CONT: 'cont', HUP: 'hup' } as const;

function mustKnow(known: ReadonlySet<string>, host: string): string {
  if (!known.has(host)) throw new WorldError(`there is no host '${host}' in the running city`, { hint: 'list them with `citydc plan`' });
  return host;
}

async function exec(state: StateFolder, host: string, command: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
  const [file = '', ...words] = execWords(state, host, command);
  const result = await execa(file, words, {
    reject: false,
    stripFinalNewline: false,
    timeout: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    ...(options.input === undefined ? { stdin: 'ignore' as const } : { input: options.input }),
    ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
  });
  const failure = result.exitCode === undefined ? result.shortMessage : execFailure(result.exitCode, result.stderr);
  if (failure !== undefined) throw await notRun(state, host, command, failure);
  return { exitCode: result.exitCode ?? 1, stdout: result.stdout, stderr: result.stderr };
}

async function notRun(state: StateFolder, host: string, command: readonly string[], cause: string): Promise<WorldError> {
  if ((await initPid(state, host)) === undefined)
    return new WorldError(`host ${host} is off`, { hint: 'see `citydc fault list`; `citydc fault heal` or `citydc up` starts it' });
  return new WorldError(`'${command.join(' ')}' could not be run on ${host}`, { cause });
}

function start(state: StateFolder, host: string, command: readonly string[]): RunningCommand {
  const [file = '', ...words] = execWords(state, host, command);
  const child = execa(file, words, { reject: false, stdin: 'pipe', stripFinalNewline: false, buffer: { stdout: false } });
  return {
    host,
    lines: child.iterable({ from: 'stdout' }),
    end: async () => {
      child.stdin.end();
      const { exitCode = 1, stderr } = await child;
      return { exitCode, stdout: '', stderr };
    },
  };
}

async function attach(state: StateFolder, host: string, command: readonly string[]): Promise<number> {
  const tty = process.stdin.isTTY === true && process.stdout.isTTY === true;
  const [file = '', ...words] = execWords(state, host, command, tty);
  const result = await execa(file, words, {
    reject: false,
    stdin: 'inherit',
    stdout: 'inherit',
    stderr: tty ? 'inherit' : ['inherit', 'pipe'],
  });
  const failure = execFailure(result.exitCode, result.stderr ?? '');
  if (failure !== undefined) throw await notRun(state, host, command, failure);
  return result.exitCode ?? 1;
}

/** Two at once would each bring the city to a set of faults that the other has changed. */
async function oneAtATime<T>(state: StateFolder, work: () => Promise<T>): Promise<T> {
  const held = await holdFaults(state);
  try {
    return await work();
  } finally {
    held.close();
  }
}

async function inject(
  state: StateFolder,
  cabling: Cabling,
  fault: Fault,
  { by, healAfterSeconds }: { by: string; healAfterSeconds?: number },
): Promise<ActiveFault> {
  const means = await meansOf(fault);
  if (healAfterSeconds !== undefined) await requireKeeper(state);
  const now = Date.now();
  const healBy = healAfterSeconds === undefined ? undefined : new Date(now + healAfterSeconds * 1000).toISOString();
  const record = await recordFault(state.faults, { fault, injectedAt: new Date(now).toISOString(), healBy, by, means });
  try {
    await realise(state, cabling, [record], await readFaults(state.faults));
  } catch (error) {
    // Half a fault is none: what was set goes again, and the first failure is told.
    await undo(state, cabling, [record.id]).catch(() => undefined);
    throw error;
  }
  return record;
}

/** @throws {WorldError} when nobody would undo the fault in time */
async function requireKeeper(state: StateFolder): Promise<void> {
  if ((await askKeeper())?.stateFolder !== state.root)
    throw new WorldError('the keeper does not run: a fault with a time would not be undone', { hint: 'start it with `citydc up`' });
}

const meansOf = async (fault: Fault): Promise<string> => {
  if (fault.do === 'impair') return impairmentMeans(fault.impairment);
  return fault.do === 'cut' ? 'nftables ingress drop at both ends' : 'SIGKILL to init, nftables drop of all devices';
};

async function undo(state: StateFolder, cabling: Cabling, ids: readonly string[] | undefined): Promise<readonly ActiveFault[]> {
  const active = await readFaults(state.faults);
  const going = active.filter(({ id }) => ids === undefined || ids.includes(id));
  const staying = active.filter(fault => !going.includes(fault));
  await realise(state, cabling, going, staying);
  for (const { id } of going) await forgetFault(state.faults, id);
  return going;
}

/** Brings everything that the changed faults touch to what the faults in force ask for. */
async function realise(
  state: StateFolder,
  cabling: Cabling,
  changed: readonly ActiveFault[],
  active: readonly ActiveFault[],
): Promise<void> {
  const off = hostsOff(active);
  const hosts = [...hostsOff(changed)].filter(host => cabling.hosts.some(({ name }) => name === host));
  const links = new Set(changed.flatMap(({ fault }) => (fault.do === 'power-off' ? [] : fault.links)));
  const wires = cabling.wires.filter(({ link }) => link !== undefined && links.has(link));
  await Promise.all(wires.map(wire => applyLine(state, wire, lineWish(wire.link ?? 0, active))));
  await powerOff(
    state,
    cabling.wires,
    hosts.filter(host => off.has(host)),
  );
  await powerOn(
    state,
    hosts.filter(host => !off.has(host)),
  );
}

/** First the silence, then the kill: a dying process's connections must not be closed politely. */
async function powerOff(state: StateFolder, wires: readonly Wire[], hosts: readonly string[]): Promise<void> {
  const devicesOf = (host: string) => wires.flatMap(({ ends }) => ends.filter(end => end.host === host).map(({ device }) => device));
  await Promise.all(hosts.map(host => silence(state, host, devicesOf(host))));
  await killContainers(state, hosts);
}

/** Starts hosts whose disks and wires are there; what is on already stays as it is. */
export async function powerOn(state: StateFolder, hosts: readonly string[]): Promise<void> {
  const pids = await Promise.all(hosts.map(host => initPid(state, host)));
  const off = hosts.filter((_, index) => pids[index] === undefined);
  await forgetContainers(state, off);
  await Promise.all(off.map(host => forgetNetwork(state, host)));
  await Promise.all(hosts.map(host => unsilence(state, host)));
  await startContainers(state, off, () => {});
}
