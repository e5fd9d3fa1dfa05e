/** Every rendered file judged by the program that will read it, in a throw-away root of its host. */

import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { ruleFile } from '../../dashboards/rules/file.js';
import type { Host } from '../../infra/site/host.js';
import type { Lint } from '../../infra/site/program.js';
import { programsOf } from '../../infra/site/roles.js';
import { topologyOf } from '../../infra/site/topology.js';
import { skipUnless } from '../skips.js';
import { ALERT_CASES, alertTest, OBSERVING_SITE } from './alert-cases.js';
import { canTho, layoutOf, smallCity } from './cities.js';
import { openRoom, type Room, whyNoRoom } from './room.js';

const SUITE = "the programs' own parsers";
const topology = topologyOf(canTho);
const layout = layoutOf(canTho);

/** All hosts of the sites; of the others, one of each kind: a ward has an Internet line, a department has none. */
const OTHERS = ['n66', 'n67', 'x64', 'x65', 'e131', 'e160'];
const machines = topology.machines.filter(({ name, node }) => node.kind === 'site' || OTHERS.includes(name));

/** Mistakes that only a program which knows its own language can find. */
const FINE_DAMAGE = [
  {
    host: 's1-router1',
    path: '/etc/frr/bgpd.conf',
    what: 'a misspelt command',
    from: ' bgp log-neighbor-changes',
    to: ' bgp log-neighbour-changes',
  },
  {
    host: 's1-router1',
    path: '/etc/frr/bgpd.conf',
    what: 'an address of three parts',
    from: 'ip prefix-list OWN seq 5 permit 10.',
    to: 'ip prefix-list OWN seq 5 permit ',
  },
  { host: 's1-router1', path: '/etc/citydc/filter.nft', what: 'an unknown match', from: 'ct state established', to: 'ct stat established' },
  { host: 's1-router1', path: '/etc/citydc/announcer.json', what: 'an unknown role', from: '"role": "primary"', to: '"role": "first"' },
  {
    host: 's1-edge1',
    path: '/etc/haproxy/haproxy.cfg',
    what: 'a backend that is not there',
    from: 'default_backend portal',
    to: 'default_backend portals',
  },
  { host: 's1-monitor1', path: '/etc/prometheus/prometheus.yml', what: 'an unknown key', from: 'scrape_timeout:', to: 'scrape_time_out:' },
  {
    host: 's1-monitor1',
    path: '/etc/prometheus/rules.yml',
    what: 'an expression cut short',
    from: 'or vector(0)) == 0',
    to: 'or vector(0) == 0',
  },
  {
    host: 's1-monitor1',
    path: '/etc/prometheus/alertmanager.yml',
    what: 'a receiver that is not there',
    from: 'receiver: page',
    to: 'receiver: pager',
  },
] as const;

const hostOf = (name: string): Host => layout.hosts.find(host => host.name === name) ?? raise(`there is no host ${name}`);
const lintsOf = (name: string): readonly (Lint & { readonly words: string })[] =>
  machines
    .filter(machine => machine.name === name)
    .flatMap(programsOf)
    .flatMap(({ lints = [] }) => lints.map(lint => ({ ...lint, words: lint.command.join(' ') })));

/** What a program says when it refuses its files; undefined when it takes them. */
async function refusal(room: Room, { command, refuses }: Lint): Promise<string | undefined> {
  const { exitCode, output } = await room.run(command);
  return exitCode === 0 && refuses?.test(output) !== true ? undefined : `exit code ${exitCode}: ${output}`;
}

/** The room of one host, for the tests of a suite. */
function roomOf(name: string, addresses?: readonly string[]): () => Room {
  let room: Room | undefined;
  beforeAll(async () => {
    room = await openRoom(hostOf(name), addresses);
  });
  afterAll(() => room?.close());
  return () => room ?? raise(`the room of ${name} is not open`);
}

describe.skipIf(skipUnless(SUITE, whyNoRoom()))(SUITE, () => {
  describe.each(machines.map(({ name }) => name))('%s', name => {
    const room = roomOf(name);
    test.each(lintsOf(name))('$words', async lint => expect(await refusal(room(), lint)).toBeUndefined());

    test('every script is one that sh can read', async () => {
      const scripts = hostOf(name).files.filter(({ content }) => content.startsWith('#!/bin/sh\n'));
      const command = ['sh', '-c', 'for script; do sh -n "$script" || exit 1; done', 'sh', ...scripts.map(({ path }) => path)];
      expect(scripts.length).toBeGreaterThan(0);
      expect(await refusal(room(), { command })).toBeUndefined();
    });
  });

  describe.each(['s1-router1', 's1-edge1', 's1-monitor1', 'e131'])('on %s damage is found', name => {
    const room = roomOf(name);

    test.each(lintsOf(name))('$words', async lint => {
      const path = fileOf(lint);
      const { content } = hostOf(name).files.find(file => file.path === path) ?? raise(`${path} is not rendered`);
      await write(room(), path, `${content}nonsense ( {\n`);
      expect(await refusal(room(), lint)).toBeDefined();
      await write(room(), path, content);
      expect(await refusal(room(), lint)).toBeUndefined();
    });

    test.each(FINE_DAMAGE.filter(damage => damage.host === name))('$path: $what', async ({ path, from, to }) => {
      const { content } = hostOf(name).files.find(file => file.path === path) ?? raise(`${path} is not rendered`);
      const lint = lintsOf(name).find(candidate => fileOf(candidate) === path) ?? raise(`nothing lints ${path}`);
      expect(content).toContain(from);
      await write(room(), path, content.replace(from, to));
      expect(await refusal(room(), lint)).toBeDefined();
      await write(room(), path, content);
    });
  });

  describe.each(['s1-database1', 's1-database2', 's2-database1'])('patroni on %s, with etcd up and Patroni not started', name => {
    const etcds = machines.filter(({ role }) => role === 'etcd').map(({ address }) => address.v4);
    const room = roomOf(name, [hostOf(name).address, ...etcds]);
    const CONFIG = '/etc/patroni/patroni.yml';
    /** The process takes its way to etcd from its environment; only what stands in a file is validated. */
    const validate = async (without = '') => {
      const { environment = {}, secretEnvironment = {} } = hostOf(name).processes.find(process => process.name === 'patroni') ?? {};
      const secrets = await Promise.all(
        Object.entries(secretEnvironment).map(async ([name, secret]) => [name, await room().secret(secret)] as const),
      );
      const { content } = hostOf(name).files.find(({ path }) => path === CONFIG) ?? raise(`${CONFIG} is not rendered`);
      const { [without]: _, ...parts } = parse(content) as Record<string, unknown>;
      await write(room(), CONFIG, stringify({ ...parts, etcd3: { hosts: environment.PATRONI_ETCD3_HOSTS } }));
      return room().run(['chpst', '-u', 'postgres', 'patroni', '--validate-config', CONFIG], {
        environment: { ...environment, ...Object.fromEntries(secrets) },
      });
    };
    beforeAll(() => startEtcd(room(), etcds));

    test('its configuration is valid', async () => expect(await validate()).toEqual({ exitCode: 0, output: '' }));

    test.each(['scope', 'postgresql', 'restapi'])('without %s it is not', async part => {
      const { exitCode, output } = await validate(part);
      expect(exitCode !== 0 || output.includes(part)).toBe(true);
    });
  });

  describe('alerts', () => {
    const room = roomOf('s1-monitor1');
    const RULES = '/tmp/rules.yml';
    beforeAll(() => write(room(), RULES, ruleFile(smallCity, OBSERVING_SITE)));

    test.concurrent.each(ALERT_CASES.map((each, index) => ({ ...each, path: `/tmp/case-${index}.yml` })))(
      '$what',
      async ({ path, ...each }) => {
        await write(room(), path, alertTest(RULES, each));
        const { exitCode, output } = await room().run(['promtool', 'test', 'rules', path]);
        expect(exitCode, output).toBe(0);
      },
    );
  });
});

/** The file that a lint's command names. */
const fileOf = ({ command }: Lint): string =>
  command.map(word => word.replace(/^--config\.file=/, '')).findLast(word => word.startsWith('/etc/')) ??
  raise(`${command.join(' ')} names no file`);

/** As one would edit it: in place, no matter whose it is. */
async function write(room: Room, path: string, content: string): Promise<void> {
  expect(await room.run(['sh', '-c', 'cat > "$1"', 'sh', path], { input: content })).toEqual({ exitCode: 0, output: '' });
}

/** One member that stands for all. */
async function startEtcd(room: Room, addresses: readonly string[]): Promise<void> {
  const clients = addresses.map(address => `http://${address}:2379`).join(',');
  const words = [
    '--data-dir=/tmp/etcd',
    `--listen-client-urls=${clients}`,
    `--advertise-client-urls=${clients}`,
    '--listen-peer-urls=http://127.0.0.1:2380',
  ];
  room.start(['etcd', ...words, '--initial-advertise-peer-urls=http://127.0.0.1:2380', '--initial-cluster=default=http://127.0.0.1:2380']);
  for (let tries = 0; tries < 50; tries++) {
    const { output } = await room.run(['curl', '-s', `http://${addresses[0]}:2379/health`]);
    if (output.includes('"true"')) return;
    await pause(100);
  }
  throw new Error('etcd did not come up in the room');
}

function raise(message: string): never {
  throw new Error(message);
}
