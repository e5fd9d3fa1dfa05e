import { expect, test } from 'vitest';
import { WorldError } from '../../../infra/city/problem.js';
import { askHolder, hold, holdInTurn } from '../../../infra/fabric/faults/hold.js';

const name = `citydc-test-${process.pid}`;
const taken = () => new WorldError('taken');

test('one holds a name, whoever asks is told by whom, and the next has it when it is given back', async () => {
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
