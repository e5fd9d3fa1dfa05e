/** Assertions on the rules as they are written; what they do on whole ways is proven in `filtering/`. */

import { describe, expect, test } from 'vitest';
import { addressPlan, FAMILIES, type Family } from '../../infra/city/addresses.js';
import { ENDPOINT_SEGMENTS } from '../../infra/city/identity.js';
import { canTho, layoutOf } from './cities.js';

const plan = addressPlan(canTho.plan);
const WORD = { v4: 'ip', v6: 'ip6' } as const satisfies Record<Family, string>;
const officesIn = (family: Family): readonly string[] => ENDPOINT_SEGMENTS.map(segment => plan.segmentSpan(segment)[family]);
const OFFICES = FAMILIES.flatMap(officesIn);

const filtering = layoutOf(canTho).hosts.flatMap(({ name, role, files }) => {
  const text = files.find(({ path }) => path === '/etc/citydc/filter.nft')?.content;
  return text === undefined ? [] : [{ name, role, text }];
});
const textOf = (name: string): string => filtering.find(host => host.name === name)?.text ?? '';

/** Source and destination prefixes of a rule that names both. */
function pairOf(rule: string): { readonly from: readonly string[]; readonly to: readonly string[] } | undefined {
  const [, , from, to] = /(ip6?) saddr (\{[^}]*\}|\S+) \1 daddr (\{[^}]*\}|\S+)/.exec(rule) ?? [];
  return from === undefined || to === undefined ? undefined : { from: items(from), to: items(to) };
}
const items = (set: string): readonly string[] => set.match(/[\da-f.:]+\/\d+/g) ?? [];
const namesOffices = (prefixes: readonly string[]): boolean => prefixes.some(prefix => OFFICES.includes(prefix));
const chainOf = (text: string, name: string): readonly string[] =>
  (new RegExp(`chain ${name} \\{\\n([\\s\\S]*?)\\n {2}\\}`).exec(text)?.[1] ?? '').split('\n').map(line => line.trim());

test('every router, aggregation node and office filters; what is not ours does not', () => {
  expect(filtering.length).toBe(canTho.sites.length + canTho.aggregations.length + canTho.endpoints.length);
});

test.each(filtering)('$name drops what no rule allows', ({ text }) => {
  const hooks = text.match(/type filter hook \w+ .*/g) ?? [];
  expect(hooks.length).toBeGreaterThanOrEqual(2);
  for (const hook of hooks) expect(hook).toContain('policy drop;');
});

test.each(filtering)('$name has no rule from office to office', ({ text }) => {
  const accepting = text.split('\n').filter(rule => rule.includes(' accept'));
  const pairs = accepting.flatMap(rule => pairOf(rule) ?? []);
  expect(pairs.length).toBeGreaterThan(0);
  expect(pairs.filter(({ from, to }) => namesOffices(from) && namesOffices(to))).toEqual([]);
});

test.each(filtering)('$name names both sides of every flow that it forwards', ({ text }) => {
  const open = chainOf(text, 'forward').filter(rule => rule.endsWith('accept') || rule.includes('accept comment'));
  const judged = open.filter(rule => pairOf(rule) === undefined);
  const known = [
    /^ct state established,related accept$/,
    /^icmp(v6)? type \{ destination-unreachable, .* \} accept$/,
    /^iifname "(br-\w+)" oifname "\1" accept$/,
  ];
  expect(judged.filter(rule => !known.some(form => form.test(rule)))).toEqual([]);
});

describe('who keeps state', () => {
  const stateful = (role: string) => filtering.filter(host => host.role === role).map(({ text }) => text.includes('ct state'));
  test('routers and offices do', () => expect(new Set([...stateful('router'), ...stateful('office')])).toEqual(new Set([true])));
  test('an aggregation node forwards without', () => {
    for (const { text } of filtering.filter(({ role }) => role === 'aggregation'))
      expect(chainOf(text, 'forward').join('\n')).not.toContain('ct state');
  });
  test('so its replies have rules of their own, mirrored', () => {
    const flows = chainOf(textOf('n67'), 'forward').filter(rule => rule.includes(' accept comment '));
    const replies = chainOf(textOf('n67'), 'forward').filter(rule => /sport|echo-reply/.test(rule));
    expect(replies.map(rule => pairOf(rule))).toEqual(
      flows.map(rule => pairOf(rule)).map(pair => pair && { from: pair.to, to: pair.from }),
    );
  });
});

test('an aggregation node drops office to office first, and what an office sends with addresses of others', () => {
  const rules = chainOf(textOf('n67'), 'forward').slice(1);
  const lines = /\{( "l\d+",?)+ \}/.exec(rules[0] ?? '')?.[0] ?? '';
  expect(lines.split(',').length).toBeGreaterThan(1);
  const segments = FAMILIES.map(family => `{ ${officesIn(family).join(', ')} }`);
  expect(rules.slice(0, 5)).toEqual(
    [
      `iifname ${lines} oifname ${lines} drop`,
      `iifname ${lines} ip daddr ${segments[0]} drop`,
      `iifname ${lines} ip6 daddr ${segments[1]} drop`,
      `oifname ${lines} ip saddr ${segments[0]} drop`,
      `oifname ${lines} ip6 saddr ${segments[1]} drop`,
    ].map(rule => `${rule} comment "office to office"`),
  );
  expect(rules[5]).toMatch(/^iifname "l77" ip saddr != \{ 10\.64\.77\.0\/24, .* \} drop$/);
  expect(rules[6]).toMatch(/^iifname "l77" ip6 saddr != \{ fd[\da-f:]+:4d::\/64, .* \} drop$/);
});

describe("a ward's Internet line", () => {
  const ward = textOf('e131');
  test('takes nothing in', () => {
    expect(chainOf(ward, 'input')).toContain('iifname "l1131" drop');
    expect(chainOf(ward, 'forward')).toContain('iifname "l1131" drop');
  });
  test('carries only what the inventory allows, to the Internet alone', () => {
    const out = chainOf(ward, 'forward').filter(rule => rule.includes('oifname "l1131"'));
    expect(out.at(-1)).toBe('oifname "l1131" drop');
    expect(out.slice(0, -1).map(rule => pairOf(rule))).toEqual(
      (['office', 'management'] as const).map(segment => ({ from: [plan.segmentSpan(segment).v4], to: ['198.51.100.0/24'] })),
    );
  });
  test('a department has none', () => expect(textOf('e160')).not.toContain('masquerade'));
});

test.each(FAMILIES)('an office lets only its own %s addresses out', family => {
  const own = ENDPOINT_SEGMENTS.map(segment => plan.segment(131, segment)[family]).join(', ');
  for (const chain of ['forward', 'output'])
    expect(chainOf(textOf('e131'), chain)).toContain(
      `oifname { "l131", "l1131" } ${WORD[family]} saddr != { ${own} } drop comment "only our own addresses leave"`,
    );
});

/** What one end of has no IPv6 prefix. */
const IPV4_ONLY = canTho.flows
  .filter(({ from, to }) => [from, to].some(zones => zones.every(zone => zone.startsWith('external.'))))
  .map(({ why }) => why);

test.each(filtering)('$name allows in IPv6 what it allows in IPv4, but for what has no IPv6 prefix', ({ text }) => {
  const flowsIn = (family: Family) => {
    const form = new RegExp(`${WORD[family]} daddr (?:\\{[^}]*\\}|\\S+) (.* accept comment .*)$`, 'gm');
    return [...text.matchAll(form)].map(([, flow = '']) => flow.replace('icmpv6 ', 'icmp '));
  };
  expect(flowsIn('v6').length).toBeGreaterThan(0);
  expect(flowsIn('v6')).toEqual(flowsIn('v4').filter(flow => !IPV4_ONLY.some(why => flow.includes(`"${why}"`))));
});

test('every filter lets the neighbours of its lines be found', () => {
  for (const { text } of filtering)
    for (const chain of ['input', 'output'].filter(name => text.includes(`chain ${name} `)))
      expect(chainOf(text, chain)).toContain('icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept');
});

test('a filter is replaced as a whole, and only our own table', () => {
  for (const { text } of filtering) {
    expect(text.startsWith('table inet citydc\ndelete table inet citydc\ntable inet citydc {\n')).toBe(true);
    expect(text).not.toMatch(/flush ruleset/);
  }
});

test("comments stay within nftables' 128 bytes", () => {
  for (const { text } of filtering)
    for (const [, comment = ''] of text.matchAll(/comment "([^"]*)"/g)) expect(Buffer.byteLength(comment)).toBeLessThanOrEqual(128);
});
