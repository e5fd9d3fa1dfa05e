import { getPriority, setPriority } from 'node:os';
import { execa } from 'execa';
import { WorldError } from '../city/problem.js';
import type { ExecOptions, ExecResult, Fabric, Fault, RunningCommand } from '../fabric/fabric.js';
import { type Cabling, type FaultMeans, faultMethods, requireHost } from '../fabric/faults/inject.js';
import { impairmentMeans } from '../fabric/faults/lines.js';
import { isKept } from '../fabric/keeper/start.js';
import { locksOf } from '../fabric/locks/locks.js';
import { attachCommand, onTerminal, startCommand } from '../fabric/running-command.js';
import { signalProcess } from '../fabric/supervised.js';
import type { Wire } from '../site/host.js';
import { execFailure, execWords, forgetContainers, initPid, killContainers, startContainers } from './container.js';
import { readHostFile } from './disk.js';
import { applyEnd, forgetNetwork, hasQdisc, silence, unsilence } from './fault-means.js';
import { holdBack } from './processors.js';
import type { StateFolder } from './state-folder.js';

const DEFAULT_TIMEOUT_MS = 60_000;

/** The lab as a Fabric: hosts are runc containers in network namespaces of this machine. */
export function labFabric(state: StateFolder, cabling: Cabling): Fabric {
  const fabric: Fabric = {
    kind: 'lab',
    hosts: () =>
      Promise.all(
        cabling.hosts.map(async ({ name }) => ({ name, power: (await initPid(state, name)) === undefined ? 'off' : 'on' }) as const),
      ),
    exec: (host, command, options) => exec(state, requireHost(cabling, host), command, options),
    start: (host, command) => startAsHost(host, execWords(state, requireHost(cabling, host), command)),
    attach: (host, command) => attach(state, requireHost(cabling, host), command),
    readFile: async (host, path) => readFrom(state, requireHost(cabling, host), path),
    signal: (...words) => signalProcess(fabric, ...words),
    ...faultMethods({ folder: state.faults, cabling, means: faultMeans(state, cabling), hold: () => locksOf(state.locks).holdFaults() }),
  };
  return fabric;
}

function readFrom(state: StateFolder, host: string, path: string): Buffer {
  try {
    return readHostFile(state, host, path);
  } catch (cause) {
    if (cause instanceof WorldError) throw cause;
    throw new WorldError(`cannot read ${path} on ${host}`, {
      cause,
      hint: `see what is there: citydc exec ${host} -- ls ${path.replace(/[^/]*$/, '')}`,
    });
  }
}

/** With the hosts' niceness, whatever ours is during a change: a client or sentinel must be scheduled as the host's own processes are. */
function startAsHost(host: string, words: readonly string[]): RunningCommand {
  const ours = getPriority();
  if (ours === 0) return startCommand(host, words);
  setPriority(0);
  try {
    return startCommand(host, words);
  } finally {
    setPriority(ours);
  }
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

async function attach(state: StateFolder, host: string, command: readonly string[]): Promise<number> {
  const tty = onTerminal();
  const { exitCode, stderr } = await attachCommand(execWords(state, host, command, tty), tty);
  const failure = execFailure(exitCode, stderr);
  if (failure !== undefined) throw await notRun(state, host, command, failure);
  return exitCode ?? 1;
}

const faultMeans = (state: StateFolder, { wires }: Cabling): FaultMeans => ({
  wordsOf,
  requireKeeper: timed => (timed ? requireKeeper(state) : Promise.resolve()),
  setLines: async ends => void (await Promise.all(ends.map(end => applyEnd(state, end)))),
  powerOff: hosts => powerOff(state, wires, hosts),
  powerOn: hosts => powerOn(state, hosts),
});

/** @throws {WorldError} when no keeper would undo the fault in time */
async function requireKeeper(state: StateFolder): Promise<void> {
  if (!(await isKept(state.locks)))
    throw new WorldError('the keeper does not run: a fault with a time limit would not be undone', { hint: 'start it with `citydc up`' });
}

const wordsOf = async (fault: Fault): Promise<string> => {
  if (fault.do === 'impair') return impairmentMeans(fault.impairment, hasQdisc);
  return fault.do === 'cut' ? 'nftables ingress drop at both ends' : 'SIGKILL to init, nftables drop of all devices';
};

/** Drops packets first, then kills: as in a power failure, peers must not receive the closing packets of dying processes. */
async function powerOff(state: StateFolder, wires: readonly Wire[], hosts: readonly string[]): Promise<void> {
  const devicesOf = (host: string) => wires.flatMap(({ ends }) => ends.filter(end => end.host === host).map(({ device }) => device));
  await Promise.all(hosts.map(host => silence(state, host, devicesOf(host))));
  await killContainers(state, hosts);
}

/** Starts hosts whose roots and wires are there; a host that is on already is not touched. */
export async function powerOn(state: StateFolder, hosts: readonly string[]): Promise<void> {
  const pids = await Promise.all(hosts.map(host => initPid(state, host)));
  const off = hosts.filter((_, index) => pids[index] === undefined);
  await forgetContainers(state, off);
  await Promise.all(off.map(host => forgetNetwork(state, host)));
  await Promise.all(hosts.map(host => unsilence(state, host)));
  await startContainers(state, off, () => {});
  holdBack(state, off);
}
