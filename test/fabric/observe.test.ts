import { describe, expect, test } from 'vitest';
import type { LinkNumber } from '../../infra/city/identity.js';
import { WorldError } from '../../infra/city/problem.js';
import type { ActiveFault, ExecResult, Fabric, HostState } from '../../infra/fabric/fabric.js';
import { awaitSteady, observe } from '../../infra/fabric/observe.js';
import { type Check, type CheckResult, checksOf } from '../../infra/fabric/steady-state.js';
import { topologyOf } from '../../infra/site/topology.js';
import { smallCity } from '../site/cities.js';

const said = (stdout: string): ExecResult => ({ exitCode: 0, stdout, stderr: '' });
const HEALTHY = said('{"health":"true"}');

interface Answers {
  readonly exec?: (host: string, command: readonly string[]) => ExecResult | Promise<ExecResult>;
  readonly hosts?: readonly HostState[];
  readonly faults?: readonly ActiveFault[];
}

/** A fabric that answers from a table; what is not in the table, it refuses. */
function fakeFabric({ exec, hosts = [], faults = [] }: Answers): Fabric {
  const refuse = () => {
    throw new Error('an observer only looks');
  };
  return {
    kind: 'lab',
    hosts: async () => hosts,
    exec: async (host, command) => exec?.(host, command) ?? refuse(),
    faults: async () => faults,
    start: refuse,
    attach: refuse,
    readFile: refuse,
    signal: refuse,
    inject: refuse,
    heal: refuse,
  };
}

const quorum = (id: string, ...members: readonly string[]): Check => ({
  id,
  kind: 'quorum',
  members,
  urls: members.map(member => `https://${member}:2381/health`),
});
const states = (results: readonly CheckResult[]) => results.map(({ check, state }) => `${check} ${state}`);

describe('one look', () => {
  test('what cannot be read is unknown, and hides no other', async () => {
    const exec = async (host: string) => {
      if (host === 'dead') throw new WorldError('host dead is off');
      return HEALTHY;
    };
    const results = await observe([quorum('a', 'dead'), quorum('b', 'alive'), quorum('c', 'alive', 'dead')], fakeFabric({ exec }));
    expect(states(results)).toEqual(['a unknown', 'b ok', 'c unknown']);
    expect(results[0]?.detail).toBe('host dead is off');
  });

  test('an answer that is not what was requested is unknown, never ok', async () => {
    const database: Check = { id: 'database', kind: 'database', members: [{ host: 'd1', url: 'http://d1/cluster' }], leaders: ['d1'] };
    for (const text of ['', 'Bad gateway', '{"members": ['])
      expect(states(await observe([database], fakeFabric({ exec: () => said(text) })))).toEqual(['database unknown']);
  });

  test('an error of our own is not taken for an answer', async () => {
    const exec = () => {
      throw new TypeError('a bug');
    };
    await expect(observe([quorum('a', 'x')], fakeFabric({ exec }))).rejects.toThrow('a bug');
  });

  test('an active fault and a host that is off are late, by name', async () => {
    const faults: readonly ActiveFault[] = [
      { schema: 1, id: 'f1', fault: { do: 'cut', links: [7 as LinkNumber] }, injectedAt: '', healBy: undefined, by: 'operator', means: '' },
    ];
    const hosts: readonly HostState[] = [
      { name: 'n67', power: 'off' },
      { name: 'e77', power: 'on' },
    ];
    const results = await observe(
      [
        { id: 'faults', kind: 'faults' },
        { id: 'power', kind: 'power', hosts: ['n67', 'e77'] },
      ],
      fakeFabric({ faults, hosts }),
    );
    expect(results).toEqual([
      { check: 'faults', state: 'late', detail: 'f1 (cut) is active' },
      { check: 'power', state: 'late', detail: 'n67 is off' },
    ]);
  });
});

describe('routes', () => {
  const check: Check = {
    id: 'routes/n67',
    kind: 'routes',
    host: 'n67',
    peers: ['10.96.0.25'],
    routes: [
      { prefix: '10.101.0.3', devices: ['l12'] },
      { prefix: 'fd00::a:3', devices: ['l12'] },
      { prefix: 'fd00::c:0/62', devices: ['l12', 'l13'] },
    ],
  };
  const equal = { dst: 'fd00::c:0/62', nexthops: [{ dev: 'l13' }, { dev: 'l12' }] };
  const REAL_TIME = "pid 93's current scheduling policy: SCHED_RR";
  interface Seen {
    readonly devV6?: string;
    readonly policy?: string;
    readonly bfd?: string;
    readonly refused?: number;
  }
  const look = async (peer: string, dev: string, { devV6 = 'l12', policy = REAL_TIME, bfd = 'up', refused = 0 }: Seen = {}) => {
    const sessions = JSON.stringify([{ peer: '10.96.0.25', status: bfd }]);
    const rules = [
      { type: 'permit', invoked: 53 },
      { type: 'deny', invoked: refused },
    ];
    const maps = JSON.stringify({ BGP: { 'N67-IN': { rules } } });
    const summary = JSON.stringify({ peers: { '10.96.0.25': { state: peer } } });
    const kernel = [[{ dst: '10.101.0.3', dev }], [{ dst: 'fd00::a:3', dev: devV6 }, equal]].map(routes => JSON.stringify(routes));
    return (await observe([check], fakeFabric({ exec: () => said([summary, sessions, maps, ...kernel, policy].join('\n----\n')) })))[0];
  };
  test('are as planned', async () => expect(await look('Established', 'l12')).toMatchObject({ state: 'ok' }));
  test('say whether the network has its priority', async () => {
    expect((await look('Established', 'l12'))?.detail).toContain(', in real time');
    const refused = await look('Established', 'l12', { policy: "pid 93's current scheduling policy: SCHED_OTHER" });
    expect(refused).toMatchObject({ state: 'ok', detail: expect.stringContaining('without real-time priority') });
  });
  test('go astray', async () =>
    expect(await look('Established', 'l13')).toMatchObject({ state: 'late', detail: '10.101.0.3 goes to l13, not l12' }));
  test('go astray in one family', async () =>
    expect(await look('Established', 'l12', { devV6: 'l13' })).toMatchObject({ state: 'late', detail: 'fd00::a:3 goes to l13, not l12' }));
  test('lack a session', async () =>
    expect(await look('Active', 'l12')).toMatchObject({ state: 'late', detail: 'no BGP session with 10.96.0.25' }));
  test('would notice a silent line late', async () =>
    expect(await look('Established', 'l12', { bfd: 'down' })).toMatchObject({
      state: 'late',
      detail: expect.stringContaining('no BFD session with 10.96.0.25'),
    }));
  test('say whose announcements were refused', async () => {
    expect((await look('Established', 'l12'))?.detail).not.toContain('refused');
    const detail = expect.stringMatching(/refused that are not the neighbour's own: 5 of n67$/);
    expect(await look('Established', 'l12', { refused: 5 })).toMatchObject({ state: 'ok', detail });
  });
});

describe('the database', () => {
  const members = ['s1-database1', 's1-database2', 's2-database1'].map(host => ({ host, url: `http://${host}/cluster` }));
  const check: Check = { id: 'database', kind: 'database', members, leaders: ['s1-database1', 's1-database2'] };
  const look = async (...roles: readonly (readonly [string, string, string])[]) => {
    const cluster = JSON.stringify({ members: roles.map(([name, role, state]) => ({ name, role, state })) });
    return (await observe([check], fakeFabric({ exec: () => said(cluster) })))[0];
  };
  const LEADER = ['s1-database1', 'leader', 'running'] as const;
  const SECOND = ['s1-database2', 'sync_standby', 'running'] as const;
  const BACKUP = ['s2-database1', 'sync_standby', 'streaming'] as const;

  test('has a leader and two synchronous standbys', async () => expect(await look(LEADER, SECOND, BACKUP)).toMatchObject({ state: 'ok' }));
  test('lacks a standby', async () =>
    expect(await look(LEADER, SECOND)).toMatchObject({ state: 'late', detail: 's2-database1 is not a synchronous standby' }));
  test('has one that is not synchronous', async () =>
    expect(await look(LEADER, SECOND, ['s2-database1', 'replica', 'streaming'])).toMatchObject({ state: 'late' }));
  test('is led from the backup', async () =>
    expect(await look(['s2-database1', 'leader', 'running'], SECOND, ['s1-database1', 'sync_standby', 'running'])).toMatchObject({
      state: 'late',
      detail: 'the leader is s2-database1, not at the primary (`citydc up` hands it back)',
    }));
  test('asks the next member when one is off', async () => {
    const cluster = JSON.stringify({ members: [LEADER, SECOND, BACKUP].map(([name, role, state]) => ({ name, role, state })) });
    const exec = (host: string) => {
      if (host === 's1-database1') throw new WorldError('host s1-database1 is off');
      return said(cluster);
    };
    expect((await observe([check], fakeFabric({ exec })))[0]).toMatchObject({ state: 'ok' });
  });
});

describe('waiting for steady state', () => {
  const checks = ['a', 'b', 'c', 'd', 'e', 'f'].map(id => quorum(id, id));
  const waiting = (deadlineMs: number) => ({ deadlineMs, signal: new AbortController().signal, progress: () => {} });

  test('ends when all hold, each asked again at the end', async () => {
    const asked: string[] = [];
    const exec = (host: string) => {
      asked.push(host);
      return HEALTHY;
    };
    expect(await awaitSteady(checks, fakeFabric({ exec }), waiting(10_000))).toEqual([]);
    expect(asked.slice(-checks.length).toSorted()).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    expect(asked.length).toBe(2 * checks.length);
  });

  test('what held and broke meanwhile is seen at the end', async () => {
    let times = 0;
    const exec = (host: string) => (host === 'a' && ++times === 2 ? said('{"health":"false"}') : HEALTHY);
    const rounds: string[][] = [];
    const progress = (late: readonly CheckResult[]) => rounds.push(states(late) as string[]);
    expect(await awaitSteady(checks, fakeFabric({ exec }), { ...waiting(10_000), progress })).toEqual([]);
    expect(rounds.flat()).toEqual(['a late']);
    expect(times).toBe(4);
  });

  test('at the deadline names what is late, also what was never reached', async () => {
    const exec = (host: string) => (host === 'b' || host === 'f' ? said('') : HEALTHY);
    const late = await awaitSteady(checks, fakeFabric({ exec }), waiting(0));
    expect(states(late)).toEqual(['b late', 'f late']);
  });

  test('stops when it is ordered to', async () => {
    const ending = new AbortController();
    const exec = () => {
      ending.abort(new Error('Ctrl-C'));
      return said('');
    };
    await expect(awaitSteady(checks, fakeFabric({ exec }), { ...waiting(10_000), signal: ending.signal })).rejects.toThrow('Ctrl-C');
  });
});

describe('the list of checks', () => {
  const checks = checksOf(topologyOf(smallCity));
  test('names each once', () => expect(new Set(checks.map(({ id }) => id)).size).toBe(checks.length));
  test('has every kind', () =>
    expect(new Set(checks.map(({ kind }) => kind))).toEqual(
      new Set(['faults', 'power', 'routes', 'quorum', 'database', 'services', 'scrapes', 'agents', 'archive']),
    ));
  test('expects services at the primary: an aggregation node reaches each over its line to it', () => {
    const routes = checks.flatMap(check => (check.id === 'routes/n67' && check.kind === 'routes' ? check.routes : []));
    expect(routes.filter(({ prefix }) => prefix.startsWith('10.101.'))).toEqual([
      { prefix: '10.101.0.3', devices: ['l12'] },
      { prefix: '10.101.0.7', devices: ['l12'] },
    ]);
  });
});
