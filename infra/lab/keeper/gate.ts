/**
 * Who may ask what of a monitor's page on 127.0.0.1, where every user of the machine and every web page in a browser may knock.
 *
 * A browser has no cookie for each port: it shows ours to whatever listens on another port of 127.0.0.1 and is opened there.
 */

import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { PageAccess } from './access.js';

export type PageProgram = 'Prometheus' | 'Alertmanager';

/** What of a request decides. */
export interface Knock {
  readonly method: string;
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
}

export type Decision =
  | { readonly do: 'relay' }
  /** The token came in the address: it is kept as a cookie, and the address is asked again without it. */
  | { readonly do: 'enter'; readonly location: string }
  | { readonly do: 'refuse'; readonly status: 400 | 401 | 403 | 405; readonly reason: string };

export const COOKIE = 'citydc';

/**
 * Whether a request is relayed. The order counts: nothing is said about tokens to a foreign page.
 *
 * @param port on which the page is offered
 * @param access undefined where it cannot be read: then no client has any
 */
export function decide(knock: Knock, program: PageProgram, port: number, access: PageAccess | undefined): Decision {
  const { method, target, headers } = knock;
  const names = [`127.0.0.1:${port}`, `localhost:${port}`];
  const host = headers.host ?? '';
  if (!names.includes(host)) return refuse(403, `foreign Host: this page is ${names[0]} only`);
  if (headers.origin !== undefined && headers.origin !== `http://${host}`) return refuse(403, 'foreign Origin: another page asked');
  if (isFromElsewhere(headers)) return refuse(403, 'another site or port asked: open the page itself');
  const [path = '', query = ''] = split(target);
  if (!PLAIN_PATH.test(path)) return refuse(400, 'no plain path');
  const given = new URLSearchParams(query).get('token');
  if (given !== null) return enter(given, path, query, method, access);
  if (access === undefined || !isSame(cookieIn(headers), access.token))
    return refuse(401, 'no token: open the address that `citydc up` prints, with its ?token=');
  return allowed(program, method, path, access.writable);
}

const refuse = (status: 400 | 401 | 403 | 405, reason: string): Decision => ({ do: 'refuse', status, reason });

/** As a browser says itself. A link may lead here: what it opens is shown to no other page, and is in no frame. */
const isFromElsewhere = (headers: IncomingHttpHeaders): boolean =>
  ['cross-site', 'same-site'].includes(String(headers['sec-fetch-site'])) &&
  !(headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document');

function split(target: string): readonly [path: string, query: string] {
  const at = target.indexOf('?');
  return at < 0 ? [target, ''] : [target.slice(0, at), target.slice(at + 1)];
}

/** Nothing that a server might read as another path: no escapes, no empty segments, no dots alone. */
const PLAIN_PATH = /^(?:\/(?!\.{1,2}(?:\/|$))[\w.-]+)*\/?$/;

function enter(given: string, path: string, query: string, method: string, access: PageAccess | undefined): Decision {
  if (method !== 'GET') return refuse(405, 'a token is taken by GET only');
  if (access === undefined || !isSame(given, access.token))
    return refuse(401, 'the token is of another city, or of one that is down: `citydc up` prints the address');
  const rest = new URLSearchParams(query);
  rest.delete('token');
  return { do: 'enter', location: rest.size === 0 ? path : `${path}?${rest}` };
}

/** In a time that says nothing of how much was right. */
const isSame = (given: string, token: string): boolean => timingSafeEqual(digestOf(given), digestOf(token));
const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();

const cookieIn = ({ cookie = '' }: IncomingHttpHeaders): string =>
  cookie
    .split(';')
    .map(each => each.trim().split('='))
    .find(([name]) => name === COOKIE)?.[1] ?? '';

interface Openings {
  /** Read by GET and HEAD. */
  readonly get: RegExp;
  /** Questions that a page may ask by POST because they are long: they change nothing. */
  readonly ask: RegExp;
  /** What changes something, and only where pages may be written. */
  readonly write: readonly (readonly [method: string, path: RegExp])[];
}

const api = (what: string): string => `api/v1/${what}`;
const QUESTIONS = ['query', 'query_range', 'query_exemplars', 'format_query', 'labels', 'series'].map(api);

/**
 * All that a page needs. What is not here is not relayed: Prometheus' receiver, profiles and configuration,
 * Alertmanager's configuration and the alerts that others might forge.
 */
const OPENINGS = {
  Prometheus: {
    get: paths(
      ...['', 'classic/?', 'classic/static/.+', 'static/.+', 'assets/.+', 'favicon\\.(?:ico|svg)', 'manifest\\.json'],
      ...['graph/?', 'query', 'alerts', 'status', 'rules', 'targets', 'service-discovery', 'tsdb-status'],
      ...['graph', 'alerts', 'status', 'rules', 'targets', 'service-discovery'].map(page => `classic/${page}`),
      ...['version', '-/(?:healthy|ready)', 'metrics', 'federate'],
      ...QUESTIONS,
      ...['metadata', 'label/\\w+/values', 'rules', 'alerts', 'alertmanagers', 'targets', 'targets/metadata'].map(api),
      ...['runtimeinfo', 'buildinfo', 'tsdb', 'walreplay'].map(what => api(`status/${what}`)),
    ),
    ask: paths(...QUESTIONS),
    write: [],
  },
  Alertmanager: {
    get: paths(
      ...['', 'script\\.js', 'lib/.+', 'favicon\\.ico', '-/(?:healthy|ready)', 'metrics'],
      ...['alerts', 'alerts/groups', 'receivers', 'silences', 'silence/[\\w-]+'].map(what => `api/v2/${what}`),
    ),
    ask: paths(),
    write: [
      ['POST', paths('api/v2/silences')],
      ['DELETE', paths('api/v2/silence/[\\w-]+')],
    ],
  },
} as const satisfies Record<PageProgram, Openings>;

function paths(...patterns: readonly string[]): RegExp {
  return patterns.length === 0 ? /(?!)/ : new RegExp(`^/(?:${patterns.join('|')})$`);
}

function allowed(program: PageProgram, method: string, path: string, writable: boolean): Decision {
  const { get, ask, write }: Openings = OPENINGS[program];
  if ((method === 'GET' || method === 'HEAD') && get.test(path)) return { do: 'relay' };
  if (method === 'POST' && ask.test(path)) return { do: 'relay' };
  const writes = write.some(([by, of]) => by === method && of.test(path));
  if (writes && writable) return { do: 'relay' };
  if (writes) return refuse(405, 'the pages are read-only: `citydc up --writable-pages` opens silences');
  return method === 'GET' || method === 'HEAD'
    ? refuse(403, 'this path is not offered')
    : refuse(405, 'this is not offered: pages are read');
}
