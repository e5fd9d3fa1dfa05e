import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type AddressPlan,
  addressPlan,
  asnOf,
  FAMILIES,
  LIMITS,
  macOf,
  PLAN_SIZES,
  type PlanParameters,
  type Prefix,
  ROLE_PLACE,
} from '../../infra/city/addresses.js';
import { ENDPOINT_SEGMENTS, SITE_SEGMENTS } from '../../infra/city/identity.js';
import { blocksOf, contains, overlapping } from './blocks.js';

const PLANS = {
  standard: { size: 'standard', endpoints: '10.64.0.0/11', infrastructure: '10.96.0.0/12', ula: 'fd3e:91c7:5a24::/48' },
  large: { size: 'large', endpoints: '10.128.0.0/10', infrastructure: '10.96.0.0/12', ula: 'fd3e:91c7:5a20::/44' },
} as const satisfies Record<string, PlanParameters>;

const LAN_ROLES = Object.keys(ROLE_PLACE) as (keyof typeof ROLE_PLACE)[];
const numbers = (least: number, most: number) => fc.uniqueArray(fc.integer({ min: least, max: most }), { minLength: 1, maxLength: 40 });
const inventory = (size: keyof typeof PLANS) =>
  fc.record({
    elements: numbers(0, PLAN_SIZES[size].endpoints - 1),
    links: numbers(0, LIMITS.links),
    systems: numbers(1, LIMITS.systems),
    sites: numbers(1, LIMITS.sites),
  });

interface Numbers {
  readonly elements: readonly number[];
  readonly links: readonly number[];
  readonly systems: readonly number[];
  readonly sites: readonly number[];
}

const linkPrefix = (plan: AddressPlan, link: number): Prefix => {
  const [{ v4, v6 }] = plan.link(link);
  return { v4: `${v4}/31`, v6: `${v6}/127` };
};

const everything = (plan: AddressPlan, { elements, links, systems, sites }: Numbers) => [
  ...elements.flatMap(number => ENDPOINT_SEGMENTS.map(segment => plan.segment(number, segment))),
  ...elements.map(number => plan.loopback(number)),
  ...links.map(number => linkPrefix(plan, number)),
  ...systems.map(number => plan.service(number)),
  ...sites.flatMap(number => SITE_SEGMENTS.map(segment => plan.lanSegment(number, segment))),
];

describe.each(Object.entries(PLANS))('the %s plan', (size, parameters) => {
  const plan = addressPlan(parameters);
  const arbitrary = inventory(size as keyof typeof PLANS);

  test('gives nothing to two', () =>
    fc.assert(
      fc.property(arbitrary, all => {
        const blocks = everything(plan, all).map(blocksOf);
        for (const family of FAMILIES) expect(overlapping(blocks.map(block => block[family]))).toEqual([]);
      }),
    ));

  test('keeps everything inside the spans that filters name', () =>
    fc.assert(
      fc.property(arbitrary, ({ elements, links, systems, sites }) => {
        const within = (span: Prefix, part: Parameters<typeof blocksOf>[0]) =>
          FAMILIES.every(family => contains(blocksOf(span)[family], blocksOf(part)[family]));
        for (const number of elements) {
          for (const segment of ENDPOINT_SEGMENTS) {
            expect(within(plan.segmentSpan(segment), plan.segment(number, segment))).toBe(true);
            expect(within(plan.segment(number, segment), plan.gateway(number, segment))).toBe(true);
          }
          expect(within(plan.loopbacksSpan(), plan.loopback(number))).toBe(true);
        }
        for (const number of links) expect(within(plan.linksSpan(), linkPrefix(plan, number))).toBe(true);
        for (const number of systems) expect(within(plan.servicesSpan(), plan.service(number))).toBe(true);
        for (const number of sites) {
          expect(within(plan.lansSpan(), plan.lan(number))).toBe(true);
          for (const segment of SITE_SEGMENTS) expect(within(plan.lan(number), plan.lanSegment(number, segment))).toBe(true);
        }
      }),
    ));

  test('keeps its spans apart, and inside its bases', () => {
    const spans = [
      ...ENDPOINT_SEGMENTS.map(segment => plan.segmentSpan(segment)),
      plan.linksSpan(),
      plan.loopbacksSpan(),
      plan.servicesSpan(),
      plan.lansSpan(),
    ];
    for (const family of FAMILIES) expect(overlapping(spans.map(span => blocksOf(span)[family]))).toEqual([]);
    const bases = [parameters.endpoints, parameters.infrastructure].map(v4 => blocksOf({ v4, v6: parameters.ula }));
    for (const span of spans.map(blocksOf)) {
      expect(bases.some(base => contains(base.v4, span.v4))).toBe(true);
      expect(bases.every(base => contains(base.v6, span.v6))).toBe(true);
    }
  });

  test('gives every host of a site an address of its own in its segment', () => {
    const hosts = LAN_ROLES.flatMap(role =>
      Array.from({ length: LIMITS.slots }, (_, index) => ({
        segment: ROLE_PLACE[role].segment,
        address: plan.lanHost(7, role, index + 1),
      })),
    );
    const gateways = SITE_SEGMENTS.map(segment => ({ segment, address: plan.lanGateway(7, segment) }));
    for (const family of FAMILIES) {
      expect(overlapping([...hosts, ...gateways].map(({ address }) => blocksOf(address)[family]))).toEqual([]);
      for (const { segment, address } of [...hosts, ...gateways])
        expect(contains(blocksOf(plan.lanSegment(7, segment))[family], blocksOf(address)[family])).toBe(true);
    }
  });

  test('writes every IPv6 address as RFC 5952 asks, and so as programs print it', () =>
    fc.assert(
      fc.property(arbitrary, all => {
        for (const { v6 } of everything(plan, all)) {
          const [address = ''] = v6.split('/');
          expect(new URL(`http://[${address}]/`).hostname).toBe(`[${address}]`);
        }
      }),
    ));

  test('refuses numbers that do not fit', () => {
    const { endpoints } = PLAN_SIZES[size as keyof typeof PLANS];
    expect(() => plan.segment(endpoints, 'office')).toThrow(`endpoint number ${endpoints} does not fit the plan: 0 to ${endpoints - 1}`);
    expect(() => plan.loopback(endpoints)).toThrow('element number');
    expect(() => plan.link(131_072)).toThrow('link number 131072 does not fit the plan: 0 to 131071');
    expect(() => plan.lan(64)).toThrow('site number 64');
    expect(() => plan.lanHost(1, 'edge', 16)).toThrow('slot number 16');
    expect(() => plan.service(0)).toThrow('system number 0');
    expect(() => plan.segment(1.5, 'office')).toThrow('endpoint number 1.5');
  });
});

test('an address reads as segment and office', () => {
  const plan = addressPlan(PLANS.standard);
  expect(plan.segment(131, 'video')).toEqual({ v4: '10.80.131.0/24', v6: 'fd3e:91c7:5a24:2083::/64' });
  expect(plan.segmentSpan('counter')).toEqual({ v4: '10.72.0.0/13', v6: 'fd3e:91c7:5a24:1000::/52' });
  expect(plan.segment(2047, 'management').v4).toBe('10.95.255.0/24');
  expect(plan.link(207)[1]).toEqual({ v4: '10.96.1.159', v6: 'fd3e:91c7:5a24:8000::19f' });
  expect(plan.loopback(131)).toEqual({ v4: '10.100.0.131', v6: 'fd3e:91c7:5a24:9000::83' });
  expect(plan.service(3).v4).toBe('10.101.0.3');
  expect(plan.lanHost(1, 'database', 2).v4).toBe('10.104.24.18');
});

test('the large plan holds the communes of the country', () =>
  expect(addressPlan(PLANS.large).segment(10_600, 'office').v4).toBe('10.138.90.0/26'));

test('numbers of autonomous systems are private, those of links are in their MAC addresses', () => {
  expect(asnOf(131)).toBe(4_200_000_131);
  expect(macOf(207, 1)).toBe('02:c1:00:00:cf:01');
  fc.assert(
    fc.property(numbers(0, LIMITS.links), links => {
      const all = links.flatMap(link => [macOf(link, 0), macOf(link, 1)]);
      expect(new Set(all).size).toBe(all.length);
    }),
  );
});
