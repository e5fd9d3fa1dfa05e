import { expect, test } from 'vitest';
import { load } from '../../infra/city/load/load.js';
import { readInventory } from '../../infra/city/load/read.js';
import type { Fabric, RunningCommand } from '../../infra/fabric/fabric.js';
import { sentinelsOf, startSentinel, worstLateness } from '../../infra/fabric/sentinels.js';
import { lateMachineWords, whileWatched } from '../../infra/fabric/while-watched.js';
import { topologyOf } from '../../infra/site/topology.js';
import { DAY } from '../city/day.js';

const city = load(await readInventory('can-tho-2022'), DAY);
const topology = topologyOf(city);

/** A Fabric in which a command says some lines, and then ends as ordered, or by itself. */
function fabricSaying(lines: readonly string[], ended?: { readonly stderr: string }): Fabric {
  const start = (host: string): RunningCommand => {
    let release = () => {};
    const released = new Promise<void>(resolve => {
      release = resolve;
    });
    return {
      host,
      lines: (async function* () {
        yield* lines;
        if (ended === undefined) await released;
      })(),
      end: async () => {
        release();
        return { exitCode: ended === undefined ? 0 : 1, stdout: '', stderr: ended?.stderr ?? '' };
      },
    };
  };
  return { kind: 'lab', start } as unknown as Fabric;
}

const watched = (lateMs: number) => JSON.stringify({ kind: 'watched', fromMs: 0, toMs: 1000, late: [{ atMs: 900, lateMs }] });

test('a pair watches: in the first ward, and in the aggregation node that it hangs on', () => {
  const [office] = city.endpoints;
  expect(sentinelsOf(topology, 'lab', `e${office?.number}`)).toEqual([
    { kind: 'clients', host: `e${office?.number}`, limitMs: 250 },
    { kind: 'routing', host: `n${office?.aggregation}`, limitMs: 100 },
  ]);
});

test('so does one on every other Docker host, in the sites that keep their power', () => {
  const host = (key: string, sites: readonly number[]) => ({ ...city.dockerHosts[0], key, sites }) as (typeof city.dockerHosts)[number];
  const two = topologyOf({ ...city, dockerHosts: [host('a', [1]), host('b', [2, 3])] });
  const hosts = sentinelsOf(two, 'docker', 'e77').map(({ kind, host: name }) => `${kind} ${name}`);
  expect(hosts.slice(2)).toEqual(['clients s2-edge1', 'routing s2-router1']);
  expect(sentinelsOf(two, 'lab', 'e77')).toHaveLength(2);
});

const sentinel = { kind: 'clients', host: 'e77', limitMs: 250 } as const;

test('one that ends without an order has failed, with its last words', async () => {
  const watch = startSentinel(fabricSaying([], { stderr: 'Cannot find module' }), sentinel, 'run', 60);
  await watch.reported;
  expect(watch.read()).toMatchObject({ failed: 'Cannot find module', stretches: [] });
});

test('one that is ordered to end has not failed, and one whose priority is refused neither', async () => {
  const ended = startSentinel(fabricSaying([watched(30)]), sentinel, 'run', 60);
  await ended.reported;
  await ended.end();
  expect(ended.read()).toMatchObject({ failed: undefined, stretches: [{ toMs: 1000 }] });
  const refused = startSentinel(fabricSaying(['{"schema":1,"kind":"refused","why":"no"}'], { stderr: '' }), sentinel, 'run', 60);
  await refused.reported;
  expect(refused.read()).toMatchObject({ failed: undefined, refused: 'no' });
});

test('the worst lateness of a span is that of what overlaps it', () => {
  const late = [
    { atMs: 500, lateMs: 100 },
    { atMs: 2000, lateMs: 300 },
  ];
  const reading = { priority: 'normal', refused: undefined, failed: undefined, damaged: [] } as const;
  const said = { ...reading, stretches: [{ kind: 'watched' as const, fromMs: 0, toMs: 3000, late }] };
  expect([worstLateness(said)?.lateMs, worstLateness(said, 0, 1700)?.lateMs, worstLateness(said, 600, 1600)?.lateMs]).toEqual([
    300,
    100,
    undefined,
  ]);
});

test.each([
  [412, 412],
  [250, undefined],
])('a command that looks while the machine is late by %d ms is reported', async (lateMs, reported) => {
  const { result, machine } = await whileWatched(
    topology,
    fabricSaying([watched(lateMs)]),
    async () => 'late',
    () => false,
  );
  expect({ result, lateMs: machine?.lateMs }).toEqual({ result: 'late', lateMs: reported });
  if (machine !== undefined)
    expect(lateMachineWords(machine, 'while this looked', 'what follows')).toBe(
      'late by up to 412 ms while this looked: the cause of what follows may be the machine, not the city',
    );
});

test('what cannot be watched is done all the same', async () => {
  const done = whileWatched(
    topology,
    fabricSaying([], { stderr: 'the host is off' }),
    async () => 1,
    () => false,
  );
  expect(await done).toEqual({ result: 1, machine: undefined });
});
