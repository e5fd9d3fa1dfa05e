import { expect, test } from 'vitest';
import {
  applicationAdmission,
  databaseAdmission,
  monitorAdmission,
  mostRules,
  RULES_A_GROUP,
  type SecurityRule,
  systemAdmission,
} from '../../infra/aws/plan/admission.js';
import type { ElementNumber } from '../../infra/city/identity.js';
import { load } from '../../infra/city/load/load.js';
import type { System } from '../../infra/city/model.js';
import { DAY } from '../city/day.js';
import { largeInventory } from '../city/large-inventory.js';
import { canTho } from '../site/cities.js';

const primary = 1 as ElementNumber;
const system = (key: string) => canTho.systems.find(each => each.key === key) as System;
const short = (openings: readonly SecurityRule[]) =>
  openings.map(({ cidr, protocol, from, to }) => `${cidr} ${protocol} ${from === to ? from : `${from}-${to}`}`);

test("a system's balancer lets in whom the flows name, and no others", () => {
  const portal = short(systemAdmission(canTho, system('portal'), primary).ingress);
  expect(portal).toContain('10.72.0.0/13 tcp 80');
  expect(portal).toContain('198.51.100.0/24 tcp 80');
  const warehouse = short(systemAdmission(canTho, system('warehouse'), primary).ingress);
  expect(warehouse).toContain('10.64.0.0/13 tcp 80');
  expect(warehouse.filter(opening => /^(10\.72|10\.80|198)/.test(opening))).toEqual([]);
});

test('video takes datagrams, and hands them on with their senders', () => {
  expect(short(systemAdmission(canTho, system('video'), primary).ingress)).toContain('10.80.0.0/13 udp 10000');
  expect(short(applicationAdmission(canTho, system('video'), primary).ingress)).toContain('10.80.0.0/13 udp 10000');
});

test('only applications reach the database, which begins nothing', () => {
  expect(short(databaseAdmission(canTho, primary).ingress)).toEqual(['10.104.20.0/22 tcp 5432']);
  expect(databaseAdmission(canTho, primary).egress).toEqual([]);
  expect(short(applicationAdmission(canTho, system('portal'), primary).egress)).toContain('10.104.24.0/22 tcp 5432');
  expect(short(applicationAdmission(canTho, system('video'), primary).egress)).not.toContain('10.104.24.0/22 tcp 5432');
});

test('agents push and measure, monitors gossip', () => {
  const monitor = short(monitorAdmission(canTho, primary).ingress);
  for (const opening of ['10.88.0.0/13 tcp 9090', '10.88.0.0/13 udp 8862', '10.104.44.0/22 tcp 9093-9094'])
    expect(monitor).toContain(opening);
});

test("what the monitor's balancer lets in reaches the monitor behind it: agents' datagrams, too", () => {
  const { ingress, egress } = monitorAdmission(canTho, primary);
  const own = ['tcp 9090', 'tcp 9093', 'tcp 9094', 'udp 9094', 'tcp 9115', 'udp 8862'].map(port => `10.104.28.0/22 ${port}`);
  for (const side of [ingress, egress]) {
    const single = side.flatMap(({ cidr, protocol, from, to }) =>
      Array.from({ length: to - from + 1 }, (_, index) => `${cidr} ${protocol} ${from + index}`),
    );
    expect(single).toEqual(expect.arrayContaining(own));
  }
});

test('no office reaches another: no rule of any group is from an office to an office', () =>
  expect(
    canTho.systems
      .flatMap(each => short(systemAdmission(canTho, each, primary).egress))
      .filter(opening => /^10\.(6[4-9]|[78]\d|9[0-5])\./.test(opening)),
  ).toEqual([]));

test('rules fit a security group, whatever the number of offices', () => {
  const small = mostRules(canTho);
  expect(small.count).toBeLessThanOrEqual(RULES_A_GROUP);
  expect(mostRules(load(largeInventory(1000), DAY)).count).toBe(small.count);
});
