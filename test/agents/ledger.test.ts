import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatRecord, type LedgerRecord, parseLedger } from '../../agents/contract/ledger.js';

const opened: LedgerRecord = { schema: 1, kind: 'opened', run: 'r', endpoint: 'e131', atMs: 1000, intervalMs: { portal: 500 } };
const intent: LedgerRecord = { kind: 'intent', system: 'portal', sequence: 1, atMs: 1001 };
const outcome: LedgerRecord = {
  kind: 'outcome',
  system: 'portal',
  sequence: 1,
  outcome: 'ok',
  doneAtMs: 1005,
  timeline: 1,
  lsn: '0/3000148',
};
const ended: LedgerRecord = { kind: 'ended', atMs: 2000, why: 'input closed', outstanding: 0 };
const whole = [opened, intent, outcome, ended];
const text = whole.map(formatRecord).join('');

describe('parseLedger', () => {
  test('reads a whole ledger', () =>
    expect(parseLedger(text)).toEqual({ header: opened, records: [intent, outcome, ended], ended, torn: false, damaged: [] }));

  test('an empty file is a ledger of nothing', () =>
    expect(parseLedger('')).toEqual({ header: undefined, records: [], ended: undefined, torn: false, damaged: [] }));

  test('a damaged line in the middle is named', () =>
    expect(parseLedger(text.replace('"kind":"intent"', '"kind":"guess"'))).toMatchObject({ damaged: [2], torn: false }));

  test('a second header is damage', () => expect(parseLedger(text + formatRecord(opened)).damaged).toEqual([5]));

  test('cut anywhere, it keeps every whole line and says that it is torn', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: text.length }), length => {
        const cut = text.slice(0, length);
        const ledger = parseLedger(cut);
        const lines = cut.split('\n').length - 1;
        expect(ledger.records.length + (ledger.header === undefined ? 0 : 1)).toBe(lines);
        expect(ledger.torn).toBe(!cut.endsWith('\n') && cut !== '');
        expect(ledger.damaged).toEqual([]);
      }),
    );
  });
});
