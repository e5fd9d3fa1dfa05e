import { expect, test } from 'vitest';
import { machineLines } from '../../infra/cli/up/request.js';

const machine = { host: 'e77', limitMs: 250, atMs: 1, lateMs: 412 };
const late = [{ check: 'routes/n67', state: 'late', detail: 'no BGP session' }] as const;

test('up says that the machine was late where something else is, and not as an excuse for what is well', () => {
  expect(machineLines({ late, machine })).toEqual([
    "machine: late by up to 412 ms while the city came up: what is late may be the machine's doing, not the city's",
  ]);
  expect([machineLines({ late: [], machine }), machineLines({ late, machine: undefined })]).toEqual([[], []]);
});
