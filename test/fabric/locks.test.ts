import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { WorldError } from '../../infra/city/problem.js';
import { askHolder, hold, holdInTurn } from '../../infra/fabric/locks/hold.js';
import { locksOf } from '../../infra/fabric/locks/locks.js';

const name = `citydc-test-${process.pid}`;
const taken = () => new WorldError('taken');

test('one holds a name, who asks learns by whom, and the next has it when it is given back', async () => {
  expect(await askHolder(name)).toBeUndefined();
  const first = await hold(name, { who: 'first' }, taken);
  expect(await askHolder(name)).toEqual({ who: 'first' });
  await expect(hold(name, {}, taken)).rejects.toThrow('taken');
  await expect(holdInTurn(name, 0, taken)).rejects.toThrow('taken');
  const next = holdInTurn(name, 10_000, taken);
  first.close();
  (await next).close();
  expect(await askHolder(name)).toBeUndefined();
});

test('a holder that is killed with -9 holds nothing any more', async () => {
  const script = `require('node:net').createServer().listen('\\0${name}', () => console.log('holds'))`;
  const holder = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(holder.stdout, 'data');
  await expect(hold(name, {}, taken)).rejects.toThrow('taken');
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  (await holdInTurn(name, 10_000, taken)).close();
});

test('a second `up` or `down` of a scope is refused with the next step, and looks see the first; another scope is free', async () => {
  const scope = (runs: string) => ({ runs, faults: runs, faultsDeadlineMs: 0, stateFolder: `/of/${runs}` });
  const [mine, others] = [locksOf(scope(name)), locksOf(scope(`${name}-other`))];
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
