import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  MOST_SYSTEMS,
  MOST_VPN_NODES,
  monitorAddress,
  placesOf,
  planOf,
  shardOf,
  siteNames,
  stackName,
  subnetCidr,
  systemAddress,
  systemNames,
  tunnelAddresses,
} from '../../infra/aws/plan/names.js';
import { SITE_SEGMENTS } from '../../infra/city/identity.js';
import { overlaps } from '../../infra/city/ip.js';
import type { City } from '../../infra/city/model.js';
import { canTho, canTho2025 } from '../site/cities.js';
import { ACCOUNT, deployed } from './deployments.js';

const { primary, backup, city } = deployed(canTho);
const plan = planOf(city);
const site = primary.site.number;

test('a city of another year has the same names', () => {
  const all = (city: City) => placesOf(city, ACCOUNT).map(place => JSON.stringify(siteNames(place)));
  expect(all(canTho2025)).toEqual(all(canTho));
});

test('names are made of the permanent name and the number of the site', () => {
  expect([stackName(primary, 'data'), stackName(backup, 'nodes-3')]).toEqual(['can-tho-s1-data', 'can-tho-s2-nodes-3']);
  expect(siteNames(backup).recordsBucket).toBe('can-tho-s2-records-111122223333');
});

test('no name is longer than AWS allows, with the longest prefix and the largest number', () => {
  const longest = { ...primary, prefix: 'a23456789012-s63' };
  const { balancer, targets } = systemNames(longest, { number: MOST_SYSTEMS as never, key: 'x'.repeat(32) });
  for (const name of [balancer, targets('udp', 65_535), siteNames(longest).monitorTargets('TCP_UDP', 9094)])
    expect(name.length).toBeLessThanOrEqual(32);
  const { recordsBucket, database, restoreTesting } = siteNames(longest);
  for (const name of [recordsBucket, database]) expect(name.length).toBeLessThanOrEqual(63);
  expect(restoreTesting).toMatch(/^[a-zA-Z0-9_]{1,50}$/);
});

describe('addresses', () => {
  test("agents push to the lab's monitor's address", () => expect(monitorAddress(plan, site, 0)).toBe(plan.lanHost(site, 'monitor', 1).v4));

  test('no two subnets of a site overlap, and all lie in its LAN', () => {
    const all = SITE_SEGMENTS.flatMap(segment => [0, 1, 2, 3].map(zone => subnetCidr(plan, site, segment, zone)));
    expect(all.every(cidr => overlaps(cidr, plan.lan(site).v4))).toBe(true);
    expect(all.flatMap((cidr, index) => all.slice(0, index).filter(other => overlaps(cidr, other)))).toEqual([]);
  });

  test('a system has an address in every zone of the edge, whatever its number', () => {
    expect(systemAddress(plan, site, 3, 1)).toBe('10.104.17.35');
    expect(systemAddress(plan, site, MOST_SYSTEMS, 0)).toBe('10.104.16.254');
  });

  test('no tunnel meets another, nor what AWS keeps for itself', () => {
    const number = fc.integer({ min: 1, max: MOST_VPN_NODES });
    const tunnel = fc.constantFrom(0 as const, 1 as const);
    const reserved = ['169.254.0.0/21', '169.254.169.252/30'];
    const place = fc.constantFrom(primary, backup);
    fc.assert(
      fc.property(place, number, tunnel, place, number, tunnel, (here, a, one, there, b, other) => {
        const [first, second] = [tunnelAddresses(here, a, one), tunnelAddresses(there, b, other)];
        expect(reserved.some(cidr => overlaps(cidr, first.cidr))).toBe(false);
        if (a !== b || one !== other || here !== there) expect(overlaps(first.cidr, second.cidr)).toBe(false);
      }),
    );
    expect(tunnelAddresses(primary, 67, 1)).toEqual({ cidr: '169.254.12.52/30', aws: '169.254.12.53', router: '169.254.12.54' });
    expect(overlaps(tunnelAddresses(backup, MOST_VPN_NODES + 1, 1).cidr, '169.254.169.252/30')).toBe(true);
  });

  test('a node belongs to its shard by its number alone', () => expect([1, 127, 128, 732].map(shardOf)).toEqual([0, 0, 1, 5]));
});
