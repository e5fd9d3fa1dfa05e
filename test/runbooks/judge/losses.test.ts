import { expect, test } from 'vitest';
import { bodyHashOf } from '../../../agents/contract/canary.js';
import { lossesOf } from '../../../runbooks/judge/losses.js';
import type { Request } from '../../../runbooks/judge/requests.js';

const whose = { endpoint: 'e131', run: 'r', system: 'portal' };
const request = (sequence: number, outcome: Request['outcome']): Request => ({
  sequence,
  dueMs: sequence * 500,
  outcome,
  doneMs: sequence * 500 + 10,
});
const row = (sequence: number, bodyHash = bodyHashOf('e131', 'r', 'portal', sequence)) => ({ sequence, bodyHash });

test('what was acknowledged and is there is no loss', () =>
  expect(lossesOf([request(1, 'ok')], { documents: [row(1)] }, whose)).toMatchObject({ acknowledged: 1, lost: [], lossSeconds: 0 }));
test('what was acknowledged and is absent is lost, and so is another content', () =>
  expect(
    lossesOf([request(1, 'ok'), request(2, 'ok'), request(3, 'ok')], { documents: [row(1), row(2, 'f'.repeat(64))] }, whose),
  ).toMatchObject({
    lost: [2, 3],
    lossSeconds: 0.51,
  }));
test('one lost write is a loss of more than nothing', () =>
  expect(lossesOf([{ ...request(1, 'ok'), doneMs: 500 }], { documents: [] }, whose).lossSeconds).toBeGreaterThan(0));
test('unknown ones are counted apart, whatever became of them', () =>
  expect(lossesOf([request(1, 'unknown'), request(2, 'unknown')], { documents: [row(2)] }, whose)).toMatchObject({
    unknown: 2,
    unknownPresent: 1,
    lost: [],
  }));
test('a refusal that was stored all the same is a lie', () =>
  expect(lossesOf([request(1, 'fail')], { documents: [row(1)] }, whose).failedPresent).toEqual([1]));
