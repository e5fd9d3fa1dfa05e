import { expect, test } from 'vitest';
import { classifyRequest, type RequestEnd } from '../../../agents/canary/client/classify.js';

const place = { site: 's1', host: 's1-application1' };
const answered = (status: number, body: unknown): RequestEnd => ({
  at: 'answered',
  status,
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
const database = { key: 'portal', state: 'database' } as const;
const stateless = { key: 'video', state: 'none' } as const;

const CASES = [
  ['refused', database, { at: 'connecting', reason: 'ECONNREFUSED' }, { outcome: 'fail' }],
  ['no answer', database, { at: 'waiting', reason: 'no answer in time' }, { outcome: 'unknown' }],
  [
    'acknowledged',
    database,
    answered(201, { ...place, outcome: 'ok', timeline: 2, lsn: '0/1' }),
    { outcome: 'ok', timeline: 2, lsn: '0/1' },
  ],
  ['committed with a reservation', database, answered(202, { ...place, outcome: 'unknown', reason: 'w' }), { outcome: 'unknown' }],
  ['refused by the canary', database, answered(503, { ...place, outcome: 'fail', reason: 'r' }), { outcome: 'fail', reason: 'r' }],
  ['refused by a proxy', database, answered(503, '<html>503</html>'), { outcome: 'unknown', reason: "HTTP 503 that is not the canary's" }],
  ['two opinions', database, answered(202, { ...place, outcome: 'ok' }), { outcome: 'unknown', reason: 'ok with HTTP 202' }],
  ['echo', stateless, answered(200, { system: 'video', ...place }), { outcome: 'ok', ...place }],
  ['echo of another', stateless, answered(200, { system: 'portal', ...place }), { outcome: 'fail', reason: 'answered by portal' }],
  ['echo through a broken proxy', stateless, answered(502, ''), { outcome: 'unknown' }],
] as const satisfies readonly (readonly [string, { key: string; state: 'none' | 'database' }, RequestEnd, object])[];

test.each(CASES)('%s', (_name, system, end, expected) => expect(classifyRequest(system, end)).toMatchObject(expected));
