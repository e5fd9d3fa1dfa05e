import { createServer, type IncomingHttpHeaders, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Transform } from 'node:stream';
import { readAccess } from './access.js';
import { COOKIE, decide, type PageProgram } from './gate.js';

/** Where inside a host a page is, and where it is offered outside. */
export interface PageTarget {
  readonly program: PageProgram;
  readonly address: string;
  readonly port: number;
  /** Of 127.0.0.1, where the connection was accepted. */
  readonly offeredOn: number;
  /** The file that says who may. */
  readonly access: string;
}

interface RelayLimits {
  readonly mostConnections: number;
  /** Who has not shown a token by then is let go, however slowly it speaks. */
  readonly knockMs: number;
  /** No client keeps a connection for ever. */
  readonly visitMs: number;
  /** Of one request, to its last byte. */
  readonly exchangeMs: number;
  readonly mostAskedBytes: number;
}

const LIMITS: RelayLimits = { mostConnections: 128, knockMs: 5000, visitMs: 600_000, exchangeMs: 60_000, mostAskedBytes: 1_000_000 };

/**
 * Runs inside a host's network namespace: receives connections from the keeper, which accepted them outside, and relays what the gate lets
 * through to a server inside. This works because a socket stays in the namespace in which it was created, also when another process holds it.
 */
export function relay(): Promise<void> {
  const receive = pageRelay();
  process.on('message', (target: PageTarget, client: Socket | undefined) => {
    // The client may have closed its connection while it was handed over.
    if (client !== undefined) receive(target, client);
  });
  return new Promise(resolve => process.on('disconnect', resolve));
}

interface Visit {
  readonly target: PageTarget;
  readonly limits: RelayLimits;
  /** Whether it has shown a token. */
  isKnown: boolean;
  /** Ends it. */
  deadline: NodeJS.Timeout;
}

/** Takes connections for any page. It is a server without a port of its own: Node keeps no time for one, a visit's deadline does. */
export function pageRelay(limits: RelayLimits = LIMITS): (target: PageTarget, client: Socket) => void {
  const visits = new Map<Socket, Visit>();
  const server: Server = createServer({ keepAliveTimeout: limits.knockMs }, (incoming, outgoing) => {
    const visit = visits.get(incoming.socket);
    if (visit !== undefined) answer(incoming, outgoing, visit).catch(() => outgoing.destroy());
  });
  return (target, client) => {
    client.on('error', () => client.destroy());
    if (visits.size >= limits.mostConnections) return client.destroy();
    const visit = { target, limits, isKnown: false, deadline: setTimeout(() => client.destroy(), limits.knockMs) };
    visits.set(client, visit);
    client.on('close', () => {
      clearTimeout(visit.deadline);
      visits.delete(client);
    });
    server.emit('connection', client);
  };
}

async function answer(incoming: IncomingMessage, outgoing: ServerResponse, visit: Visit): Promise<unknown> {
  const { program, offeredOn, access } = visit.target;
  const knock = { method: incoming.method ?? '', target: incoming.url ?? '', headers: incoming.headers };
  const decision = decide(knock, program, offeredOn, await readAccess(access));
  for (const [name, value] of Object.entries(GUARDS)) outgoing.setHeader(name, value);
  if (decision.do === 'refuse') return refuse(outgoing, decision.status, decision.reason);
  admit(visit, incoming.socket);
  if (decision.do === 'relay') return pass(incoming, outgoing, visit);
  const token = new URL(knock.target, 'http://page').searchParams.get('token');
  outgoing.writeHead(303, { 'set-cookie': `${COOKIE}=${token}; HttpOnly; SameSite=Strict; Path=/`, location: decision.location });
  return outgoing.end();
}

function admit(visit: Visit, client: Socket): void {
  if (visit.isKnown) return;
  visit.isKnown = true;
  clearTimeout(visit.deadline);
  visit.deadline = setTimeout(() => client.destroy(), visit.limits.visitMs);
}

/** On every answer: no other page has it, it is in no frame, and its address goes nowhere. */
const GUARDS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'content-security-policy': "frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
} as const;

function refuse(outgoing: ServerResponse, status: number, reason: string): void {
  if (outgoing.headersSent) return void outgoing.destroy();
  // Closed, so that what else was sent is not read.
  outgoing.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
  outgoing.end(`${reason}\n`);
}

/** What a server inside learns of a request, and a browser of the answer; above all no cookie, and nothing about other origins. */
const ASKED = ['accept', 'accept-encoding', 'content-type', 'content-length', 'if-modified-since', 'if-none-match'];
const ANSWERED = ['content-type', 'content-length', 'content-encoding', 'last-modified', 'etag', 'vary', 'location', 'allow'];

const only = (names: readonly string[], headers: IncomingHttpHeaders) =>
  Object.fromEntries(names.flatMap(name => (headers[name] === undefined ? [] : [[name, headers[name]]])));

/** However the server inside behaves (nothing, `101`, half an answer, one without end), it is over in a minute. */
function pass(incoming: IncomingMessage, outgoing: ServerResponse, { target: { address, port }, limits }: Visit): void {
  const inner = request({
    host: address,
    port,
    method: incoming.method,
    path: incoming.url,
    headers: only(ASKED, incoming.headers),
    agent: false,
  });
  const lose = (reason: string): void => {
    clearTimeout(timer);
    inner.destroy();
    refuse(outgoing, 502, reason);
  };
  const timer = setTimeout(() => lose('no whole answer in time'), limits.exchangeMs);
  inner.on('error', error => lose(`the program does not answer: ${error.message}`));
  inner.on('upgrade', (_response, socket) => {
    socket.destroy();
    lose('the program answered 101');
  });
  inner.on('response', response => {
    response.on('error', () => outgoing.destroy());
    outgoing.writeHead(response.statusCode ?? 502, only(ANSWERED, response.headers));
    response.pipe(outgoing);
  });
  outgoing.on('close', () => {
    clearTimeout(timer);
    inner.destroy();
  });
  incoming.pipe(atMost(limits.mostAskedBytes, () => refuse(outgoing, 413, 'the request is too long'))).pipe(inner);
}

/** Passes bytes on up to a number; with one more it calls `exceeded` and passes no more. */
function atMost(bytes: number, exceeded: () => void): Transform {
  let seen = 0;
  return new Transform({
    transform(part: Buffer, _encoding, done) {
      seen += part.length;
      if (seen <= bytes) return done(undefined, part);
      return exceeded();
    },
  });
}
