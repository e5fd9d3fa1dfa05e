import { expect, test } from 'vitest';
import { type AnnouncerWorld, openAnnouncer } from '../../../agents/announcer/announcer.js';
import { batch, type Route, routesOf } from '../../../agents/announcer/routes.js';
import type { AnnouncerConfiguration } from '../../../agents/contract/announcer.js';

const EDGE = { address: { v4: '10.104.16.17', v6: 'fd00::c:11' }, healthPort: 8405 };
const SERVICE = { v4: '10.101.0.3', v6: 'fd00::a:3' };
const configuration: AnnouncerConfiguration = {
  schema: 1,
  site: 's1',
  role: 'primary',
  statePath: '/nowhere',
  holdDownSeconds: 30,
  quorumGraceSeconds: 3,
  services: [{ system: 'portal', address: SERVICE, state: 'database' }],
  edges: [EDGE],
  etcd: ['https://s1-etcd1:2381'],
  source: '10.100.0.1',
  identity: { authority: '/a.pem', certificate: '/c.pem', key: '/k.pem' },
};

/** A router of ours: its kernel, its disk and its clock, and the order in which they were written. */
class Router implements AnnouncerWorld {
  routes: Route[] = [];
  stored: ReadonlySet<string> = new Set();
  readonly written: string[] = [];
  readonly lines: string[] = [];
  atMs = 0;
  failBatches = 0;

  nowMs = () => this.atMs;
  readRoutes = async () => this.routes;
  readAnnounced = async () => this.stored;
  log = (line: string) => void this.lines.push(line);

  async writeAnnounced(announced: ReadonlySet<string>) {
    this.written.push('state');
    this.stored = new Set(announced);
  }

  async runBatch(lines: readonly string[]) {
    if (this.failBatches-- > 0) throw new Error('RTNETLINK answers: no');
    this.written.push(...lines);
    for (const line of lines) this.#run(line);
  }

  #run(line: string) {
    const [, verb = '', address = '', , , , metric = '', ...hops] = line.split(' ');
    const route = { address, metric: Number(metric), via: hops.filter(hop => /[.:]/.test(hop)) };
    this.routes = this.routes.filter(other => other.address !== route.address || other.metric !== route.metric);
    if (verb === 'replace') this.routes.push(route);
  }
}

async function rounds(router: Router, count: number, answers: { edge?: boolean; quorum?: boolean } = {}) {
  const announcer = await openAnnouncer(configuration, router);
  return { announcer, run: () => more(announcer, router, count, answers) };
}

async function more(
  announcer: Awaited<ReturnType<typeof openAnnouncer>>,
  router: Router,
  count: number,
  { edge = true, quorum = true }: { edge?: boolean; quorum?: boolean } = {},
) {
  for (let round = 0; round < count; round++) {
    router.atMs += 250;
    announcer.edgeAnswered(EDGE, new Set(edge ? ['portal'] : []));
    announcer.quorumAnswered(quorum);
    await announcer.step();
  }
}

const preferred = routesOf(SERVICE, 'preferred', [EDGE.address]);
const held = routesOf(SERVICE, 'held', [EDGE.address]);

test('a founding is stored before it is announced', async () => {
  const router = new Router();
  await (await rounds(router, 2)).run();
  expect(router.routes).toEqual(preferred);
  expect(router.written).toEqual(['state', ...batch([], preferred)]);
});

test('after a power-off it is held, then preferred', async () => {
  const router = new Router();
  router.stored = new Set(['portal']);
  const { announcer, run } = await rounds(router, 2);
  await run();
  expect(router.routes).toEqual(held);
  await more(announcer, router, 121);
  expect(router.routes).toEqual(preferred);
});

test('a restarted process withdraws nothing that works', async () => {
  const router = new Router();
  router.routes = [...preferred];
  router.stored = new Set(['portal']);
  await (await rounds(router, 5)).run();
  expect(router.written).toEqual([]);
});

test('a route that is there in one family only gets the other, as it was', async () => {
  const router = new Router();
  router.routes = preferred.slice(0, 1);
  router.stored = new Set(['portal']);
  await (await rounds(router, 1)).run();
  expect(router.written).toEqual(batch([], preferred.slice(1)));
});

test('one failed probe is no outage, two are', async () => {
  const router = new Router();
  const { announcer, run } = await rounds(router, 2);
  await run();
  await more(announcer, router, 1, { edge: false });
  expect(router.routes).toEqual(preferred);
  await more(announcer, router, 1, { edge: false });
  expect(router.routes).toEqual([]);
});

test('unreadable state holds down instead of founding', async () => {
  const router = new Router();
  router.readAnnounced = async () => Promise.reject(new Error('bad'));
  await (await rounds(router, 2)).run();
  expect(router.routes).toEqual(held);
});

test('a batch that fails is tried again, and reported once', async () => {
  const router = new Router();
  router.failBatches = 3;
  await (await rounds(router, 5)).run();
  expect(router.routes).toEqual(preferred);
  expect(router.lines.filter(line => line.includes('trying again'))).toHaveLength(1);
});

test('a route that was deleted from outside comes back', async () => {
  const router = new Router();
  const { announcer, run } = await rounds(router, 2);
  await run();
  router.routes = [];
  await more(announcer, router, 21);
  expect(router.routes).toEqual(preferred);
});
