/** What a local user or a web page may try at the pages on 127.0.0.1, and what becomes of it. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decide, type Knock, type PageProgram } from '../../../infra/lab/keeper/gate.js';
import { cases } from '../../nightly.js';

const token = 'A'.repeat(43);
const READ = { schema: 1, token, writable: false } as const;
const WRITE = { ...READ, writable: true };
const own = { host: '127.0.0.1:9090', cookie: `theme=dark; citydc=${token}` };

const knock = (
  { method = 'GET', target = '/', headers = own }: Partial<Knock>,
  program: PageProgram = 'Prometheus',
  access: Parameters<typeof decide>[3] = READ,
) => {
  const decision = decide({ method, target, headers }, program, 9090, access);
  return decision.do === 'refuse' ? decision.status : decision.do;
};

test('the address with the token enters once, and the browser continues without it', () => {
  const headers = { host: '127.0.0.1:9090' };
  const decided = (target: string) => decide({ method: 'GET', target, headers }, 'Prometheus', 9090, READ);
  expect(decided(`/?token=${token}`)).toEqual({ do: 'enter', location: '/' });
  expect(decided(`/classic/graph?g0.expr=up&token=${token}`)).toEqual({ do: 'enter', location: '/classic/graph?g0.expr=up' });
  expect(knock({ target: `/?token=${'B'.repeat(43)}`, headers })).toBe(401);
  expect(knock({ target: '/?token=', headers })).toBe(401);
  expect(knock({ target: `/?token=${token}`, headers, method: 'POST' })).toBe(405);
});

test('who shows no token, another one, or one of a city that has none, gets nothing', () => {
  expect(knock({})).toBe('relay');
  expect(knock({ headers: { host: own.host } })).toBe(401);
  expect(knock({ headers: { ...own, cookie: 'citydc=' } })).toBe(401);
  expect(knock({ headers: { ...own, cookie: `citydc=${'B'.repeat(43)}` } })).toBe(401);
  expect(decide({ method: 'GET', target: '/', headers: { ...own, cookie: 'citydc=' } }, 'Prometheus', 9090, undefined).do).toBe('refuse');
});

test.each(['evil.example:9090', 'evil.example', '127.0.0.1', '127.0.0.1:9093', '[::1]:9090', '', '127.0.0.1:9090.evil.example'])(
  'a foreign host is refused, as of a name that an attacker lets point here: %s',
  host => expect(knock({ headers: { ...own, host } })).toBe(403),
);

test.each(['http://evil.example', 'null', 'https://127.0.0.1:9090', 'http://127.0.0.1:8000', 'http://localhost:9090', ''])(
  'a foreign origin is refused, with the token too: %s',
  origin => expect(knock({ headers: { ...own, origin } })).toBe(403),
);

test('another site, or another port of this machine, may link here and nothing else', () => {
  const from = (site: string, mode = 'no-cors', dest = 'script') =>
    knock({ headers: { ...own, 'sec-fetch-site': site, 'sec-fetch-mode': mode, 'sec-fetch-dest': dest } });
  expect([from('cross-site'), from('same-site'), from('same-site', 'navigate', 'iframe')]).toEqual([403, 403, 403]);
  expect([from('same-origin'), from('none', 'navigate', 'document'), from('same-site', 'navigate', 'document')]).toEqual(
    Array(3).fill('relay'),
  );
  expect(knock({ headers: { ...own, origin: 'http://127.0.0.1:9090' } })).toBe('relay');
});

test('pages are read; Prometheus is asked by POST where a question may be long', () => {
  for (const target of ['/', '/classic/graph', '/classic/static/css/graph.css', '/api/v1/query?query=up', '/api/v1/label/__name__/values'])
    expect([knock({ target }), knock({ target, method: 'HEAD' })]).toEqual(['relay', 'relay']);
  expect(knock({ target: '/api/v1/query_range', method: 'POST' })).toBe('relay');
  expect(knock({ target: '/api/v1/series', method: 'DELETE' })).toBe(405);
  for (const target of ['/api/v2/alerts', '/api/v2/silences', '/-/ready']) expect(knock({ target }, 'Alertmanager')).toBe('relay');
});

test.each([READ, WRITE])('what forges, profiles or shows the configuration is never relayed: %j', access => {
  const never = (program: PageProgram, method: string, target: string) =>
    expect([target, typeof knock({ method, target }, program, access)]).toEqual([target, 'number']);
  for (const target of ['/api/v1/write', '/api/v1/read', '/api/v1/otlp/v1/metrics', '/api/v1/admin/tsdb/snapshot', '/-/reload', '/-/quit'])
    for (const method of ['GET', 'POST', 'PUT']) never('Prometheus', method, target);
  for (const target of [
    '/debug/pprof/heap',
    '/debug/pprof/',
    '/api/v1/status/config',
    '/api/v1/status/flags',
    '/classic/config',
    '/config',
  ])
    never('Prometheus', 'GET', target);
  for (const method of ['POST', 'PUT', 'TRACE', 'CONNECT', 'OPTIONS']) never('Alertmanager', method, '/api/v2/alerts');
  for (const target of ['/api/v2/status', '/debug/pprof/', '/api/v1/alerts']) never('Alertmanager', 'GET', target);
});

test.each([
  ...['//api/v1/status/config', '/./api/v1/write', '/api/../debug/pprof/', '/classic/static/../../debug/pprof/heap', '/static/..'],
  ...[
    '/%64ebug/pprof',
    '/api\\v1',
    'http://evil.example/',
    '*',
    '/api/v1/query\n',
    '/a;b',
    '/static/..;/config',
    `//evil.example/?token=${token}`,
  ],
])('a path that another program might read otherwise is none: %j', target => expect(knock({ target })).toBe(400));

test('silences are made and ended only where the pages are writable', () => {
  const silence = { method: 'POST', target: '/api/v2/silences' };
  const end = { method: 'DELETE', target: '/api/v2/silence/0a9c-11' };
  expect([knock(silence, 'Alertmanager'), knock(end, 'Alertmanager')]).toEqual([405, 405]);
  expect([knock(silence, 'Alertmanager', WRITE), knock(end, 'Alertmanager', WRITE)]).toEqual(['relay', 'relay']);
  expect(knock(silence, 'Prometheus', WRITE)).toBe(405);
});

test('whatever is asked without the token is refused', () => {
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom('/', '/api/v1/query', '/?token=x', '/api/v2/silences', own.host, 'http://127.0.0.1:9090'),
  );
  const headers = fc.dictionary(fc.constantFrom('host', 'origin', 'cookie', 'sec-fetch-site', 'authorization'), text);
  fc.assert(
    fc.property(fc.constantFrom('GET', 'POST', 'HEAD', 'DELETE'), text, headers, fc.boolean(), (method, target, given, writable) => {
      const asked = { method, target, headers: { host: own.host, ...given } };
      return decide(asked, 'Alertmanager', 9090, { ...READ, writable }).do === 'refuse';
    }),
    { numRuns: cases(2000, 100_000) },
  );
});
