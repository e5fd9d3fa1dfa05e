/** The matrix of flows against what programs do. */

import { describe, expect, test } from 'vitest';
import type { City, Flow, System } from '../../infra/city/model.js';
import { examineConnections } from '../../infra/segmentation/findings/connections.js';
import { topologyOf } from '../../infra/site/topology.js';
import { canTho, canTho2025 } from '../site/cities.js';

const messages = (city: City): readonly string[] => examineConnections(topologyOf(city)).findings.map(({ message }) => message);
const without = (why: string): City => ({ ...canTho, flows: canTho.flows.filter(flow => flow.why !== why) });

test.each([canTho, canTho2025])('$id lets every program reach what it needs', city => {
  const { findings, cases } = examineConnections(topologyOf(city));
  expect(findings).toEqual([]);
  expect(cases).toBeGreaterThan(2000);
});

describe('a flow that programs need', () => {
  test.each([
    ['the edge hands requests to application hosts; port 8000 + system number', 'haproxy of s1-edge1', 'tcp 8001'],
    ['applications reach the database that may write through the edge', 'canary of s1-application1', 'tcp 5000'],
    ['the edge asks Patroni who may write and connects there', 'haproxy of s1-edge1', 'tcp 5432'],
    ['etcd, replication, Patroni and backups', 'etcd of s1-etcd1', 'tcp 2380'],
    ["HAProxy's metrics", 'prometheus of s1-monitor1', 'tcp 8404'],
    ["each office's agent pushes its samples to both sites", 'ward of e', 'tcp 9090'],
    ["each office's agent sees whether its own Internet line works", 'ward of e', 'tcp 443'],
  ])('%s', (why, program, service) => {
    const found = messages(without(why));
    expect(found.some(message => message.includes(program) && message.includes(service))).toBe(true);
  });
});

test('every port of a flow between hosts that a program needs is missed when it goes', () => {
  const cells = canTho.flows.flatMap((flow, index) => flow.ports.map(port => ({ flow, index, port })));
  const unmissed = cells.filter(({ index, port }) => {
    const flows = canTho.flows.map(
      (flow, at): Flow => (at === index ? { ...flow, ports: flow.ports.filter(each => each !== port) } : flow),
    );
    return messages({ ...canTho, flows }).length === 0;
  });
  // What people and other networks do is stated, not rendered.
  expect([...new Set(unmissed.map(({ flow }) => flow.why))]).toEqual([
    'staff use every shared system',
    'the desk where citizens are served',
    'video conference signalling',
    'video conference media',
    'citizens use the public-service portal',
    "the national systems call the city's",
    "the city's systems call the national ones",
    'the monitors probe every system',
    "staff use the Internet over the office's own line",
  ]);
});

test('Internet lines that are all gone are missed by the flows over them', () =>
  expect(messages({ ...canTho, links: canTho.links.filter(({ kind }) => kind !== 'internet') })).toEqual([
    "the flow 'staff use the Internet over the office's own line' goes over Internet lines of offices, and no office has one",
    "the flow 'each office's agent sees whether its own Internet line works' goes over Internet lines of offices, and no office has one",
  ]));

test('one more system needs its port between edge and applications, and between monitors and applications', () => {
  const [first] = canTho.systems as readonly [System, ...System[]];
  const systems = [...canTho.systems, { ...first, number: 11 as System['number'], key: 'new' }];
  expect(messages({ ...canTho, systems })).toEqual([
    expect.stringMatching(
      /^no flow lets haproxy of s1-edge1 reach 10\.\S+ at tcp 8011, where it hands requests of new on, and \d+ more alike$/,
    ),
    expect.stringMatching(/^no flow lets prometheus of s1-monitor1 reach 10\.\S+ at tcp 8011, where it reads metrics of canary/),
  ]);
});
