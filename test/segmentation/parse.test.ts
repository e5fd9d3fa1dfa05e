import { describe, expect, test } from 'vitest';
import { renderedFilters } from '../../infra/segmentation/nftables/filters.js';
import { NotUnderstood, parseRuleset } from '../../infra/segmentation/nftables/parse.js';
import { addressName, addressSpan } from '../../infra/segmentation/sets/address.js';
import { topologyOf } from '../../infra/site/topology.js';
import { smallCity } from '../site/cities.js';
import { filterWith } from './texts.js';

describe('the reader of rules', () => {
  test('reads every filter of a city, rule for rule', () => {
    for (const [host, text] of renderedFilters(topologyOf(smallCity))) {
      const rules = parseRuleset(text).chains.flatMap(chain => chain.rules);
      expect(rules.length, host).toBe(text.split('\n').filter(line => / (accept|drop|masquerade)( comment ".*")?$/.test(line)).length);
    }
  });

  test('reads both families, sets, ranges, what is not, and states', () => {
    const [chain] = parseRuleset(
      filterWith('iifname { "l1", "l*" } ip6 saddr != { fd00::/16, fd01::1 } tcp dport { 80, 90-91 } accept comment "a, { b } drop"'),
    ).chains;
    expect(chain?.rules[0]?.matches).toEqual([
      { of: 'device', line: 'enters', not: false, names: ['l1', 'l*'] },
      {
        of: 'address',
        line: 'source',
        family: 'v6',
        not: true,
        spans: [
          [0xfd00n << 112n, 0xfd01n << 112n],
          [(0xfd01n << 112n) + 1n, (0xfd01n << 112n) + 2n],
        ],
      },
      {
        of: 'port',
        line: 'service',
        protocol: 'tcp',
        not: false,
        ports: [
          [80, 80],
          [90, 91],
        ],
      },
    ]);
  });

  const OPENED = 'delete table inet citydc\ntable inet citydc {\n';
  const CHAIN = '  chain a {\n    type filter hook input priority filter; policy drop;\n  }\n';

  test.each([
    ['ip ttl 1 accept', "'ttl' is not saddr or daddr"],
    ['tcp flags syn accept', "'flags' is not sport or dport"],
    ['ip saddr fd00::/16 accept', "'fd00::/16' is no value here"],
    ['ip saddr 10.0.0.0/33 accept', "'10.0.0.0/33' is no value here"],
    ['tcp dport 65536 accept', "'65536' is no value here"],
    ['tcp dport 9-8 accept', "'9-8' is no value here"],
    ['ct state strange accept', "'strange' is no value here"],
    ['icmp type redirect accept', "'redirect' is no value here"],
    ['tcp dport { 80 accept', 'a set ends with }'],
    ['tcp dport 80 jump other', "'jump' is no match that is known"],
    ['tcp dport 80', 'the rule has no verdict'],
    ['accept accept', "'accept' after the verdict"],
    ['iifname "l1 accept', 'a quote is not closed'],
    ['masquerade', "'masquerade' is no verdict of a filter chain"],
  ])('refuses %j', (rule, why) => {
    expect(() => parseRuleset(filterWith(rule))).toThrow(new NotUnderstood(6, rule, why));
  });

  test.each([
    ['flush ruleset\n', /a table of family inet is expected/],
    ['table inet citydc {\n', /'delete table' is expected before it/],
    [`${OPENED}  chain a {\n    accept\n`, /the type, hook, priority and policy of the chain are expected/],
    [`${OPENED}  chain a {\n    type filter hook input priority raw; policy drop;\n`, /the type, hook, priority/],
    [`${OPENED}  chain a {\n    type nat hook postrouting priority srcnat; policy drop;\n`, /a nat chain accepts/],
    [`${OPENED}${CHAIN}${CHAIN}`, /a second chain filters at hook input/],
    [OPENED, /the table does not end/],
    [`${OPENED}}\ntable inet other {\n`, /nothing may follow the table/],
  ])('refuses the file %j', (text, why) => expect(() => parseRuleset(text)).toThrow(why));
});

test.each([
  ['10.1.2.3', '10.1.2.3'],
  ['10.1.2.0/23', '10.1.2.0'],
  ['fd3e:91c7:5a24:4d::1', 'fd3e:91c7:5a24:4d::1'],
  ['::', '::'],
  ['1:0:0:2::/64', '1:0:0:2::'],
])('the address %s begins at %s', (text, name) => expect(addressName(addressSpan(text)?.spans[0]?.[0] ?? 0)).toBe(name));

test.each(['10.1.2', '10.1.2.256', '10.1.2.3/x', 'fd00', '1:2:3:4:5:6:7:8:9', '1::2::3', 'g::'])('%s is no address', text =>
  expect(addressSpan(text)).toBeUndefined(),
);
