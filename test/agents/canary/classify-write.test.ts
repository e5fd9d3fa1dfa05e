import { expect, test } from 'vitest';
import { classifyWrite, type WriteEnd } from '../../../agents/canary/server/classify.js';

const serverError = (severity: string, code: string, message = 'said no') => Object.assign(new Error(message), { severity, code });

const CASES: readonly [string, WriteEnd, ReturnType<typeof classifyWrite>][] = [
  ['no connection', { at: 'not-sent', error: new Error('connect ECONNREFUSED') }, { outcome: 'fail', reason: 'connect ECONNREFUSED' }],
  ['committed', { at: 'committed', warnings: [], readBack: 'same' }, { outcome: 'ok' }],
  [
    'committed, wait for standbys cancelled',
    { at: 'committed', warnings: ['canceling wait for synchronous replication due to user request'], readBack: 'same' },
    { outcome: 'unknown', reason: 'canceling wait for synchronous replication due to user request' },
  ],
  [
    'committed, then lost',
    { at: 'committed', warnings: [], readBack: 'failed' },
    { outcome: 'unknown', reason: 'committed, but it could not be read back' },
  ],
  [
    'identity taken',
    { at: 'committed', warnings: [], readBack: 'other' },
    { outcome: 'fail', reason: 'another document has this endpoint, run and sequence' },
  ],
  ['read-only transaction', { at: 'sent', error: serverError('ERROR', '25006') }, { outcome: 'fail', reason: 'said no' }],
  ['cancelled before the commit', { at: 'sent', error: serverError('ERROR', '57014') }, { outcome: 'fail', reason: 'said no' }],
  ['session ended by the server', { at: 'sent', error: serverError('FATAL', '57P01') }, { outcome: 'unknown', reason: 'said no' }],
  ['server crashed', { at: 'sent', error: serverError('PANIC', '58030') }, { outcome: 'unknown', reason: 'said no' }],
  ['the server itself does not know', { at: 'sent', error: serverError('ERROR', '08007') }, { outcome: 'unknown', reason: 'said no' }],
  ['completion unknown', { at: 'sent', error: serverError('ERROR', '40003') }, { outcome: 'unknown', reason: 'said no' }],
  ['a translated severity', { at: 'sent', error: serverError('LỖI', '25006') }, { outcome: 'unknown', reason: 'said no' }],
  [
    'connection lost',
    { at: 'sent', error: Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }) },
    { outcome: 'unknown', reason: 'read ECONNRESET' },
  ],
  ['timed out', { at: 'sent', error: new Error('Query read timeout') }, { outcome: 'unknown', reason: 'Query read timeout' }],
];

test.each(CASES)('%s', (_name, end, expected) => expect(classifyWrite(end)).toEqual(expected));
