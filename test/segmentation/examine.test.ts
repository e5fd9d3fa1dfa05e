/** The shipped city's filters are proven; and each kind of mistake that one could plant is found, with the host and the rule. */

import { describe, expect, test } from 'vitest';
import { examineFilters, examineSegmentation } from '../../infra/segmentation/findings/examine.js';
import { renderedFilters } from '../../infra/segmentation/nftables/filters.js';
import { topologyOf } from '../../infra/site/topology.js';
import { canTho, smallCity } from '../site/cities.js';

test("the shipped city's filters let through what the matrix allows, and nothing else", () => {
  const { findings, cases } = examineSegmentation(topologyOf(canTho));
  expect(findings).toEqual([]);
  expect(cases).toBeGreaterThan(1_000_000);
});

const small = topologyOf(smallCity);
const rendered = renderedFilters(small);

/** The messages when one host's filter is written otherwise. */
function found(host: string, change: (text: string) => string): readonly string[] {
  const before = rendered.get(host) ?? '';
  const after = change(before);
  expect(after).not.toBe(before);
  return examineFilters(small, new Map([...rendered, [host, after]])).findings.map(({ message }) => message);
}
const removed = (rule: RegExp) => (text: string) =>
  text
    .split('\n')
    .filter(line => !rule.test(line))
    .join('\n');
const first = (rule: string) => (text: string) => text.replace(/( {4}type filter hook forward .*\n)/, `$1    ${rule}\n`);
const moved = (rule: RegExp, before: RegExp) => (text: string) => {
  const lines = text.split('\n');
  const line = lines.find(each => rule.test(each)) ?? '';
  const rest = lines.filter(each => each !== line);
  return rest
    .toSpliced(
      rest.findIndex(each => before.test(each)),
      0,
      line,
    )
    .join('\n');
};

test('the small city is fine as it is', () => expect(examineFilters(small, rendered).findings).toEqual([]));

describe('a mistake is found', () => {
  test('a rule that is missing at a site', () => {
    expect(found('s1-router1', removed(/ip saddr 198\.51\.100\.0\/24 .*citizens use/))).toEqual([
      expect.stringMatching(/^s1-router1 drops the request of 'citizens use the public-service portal' between x65 and portal: tcp 80 /),
    ]);
  });

  test('a return rule that is missing at an aggregation node', () => {
    expect(found('n67', removed(/udp sport 8862 /))).toContainEqual(
      expect.stringMatching(
        /^n67 drops the answer of 'each office's agent measures its path .*udp 0 from 10\.104\.28\.0 to 10\.88\.77\.0 .*chain forward, the policy/,
      ),
    );
  });

  test('a prefix that is too wide', () => {
    const messages = found('n67', text =>
      text.replace('ip saddr 10.88.0.0/13 ip daddr 10.101.0.0/16 tcp', 'ip saddr 10.80.0.0/12 ip daddr 10.101.0.0/16 tcp'),
    );
    expect(messages).toContainEqual(
      expect.stringMatching(/^n67 lets tcp 80 from 10\.80\.0\.0 to 10\.101\.0\.0 .* through, which no flow allows; chain forward, rule/),
    );
  });

  test('a port too many', () => {
    const messages = found('s2-router1', text => text.replace('tcp dport 5000 accept', 'tcp dport 5000-5001 accept'));
    expect(messages).toEqual([expect.stringMatching(/^s2-router1 lets tcp 5001 from 10\.104\.20\.0 to 10\.104\.16\.0 /)]);
  });

  test('a policy that accepts', () => {
    expect(
      found('e77', text => text.replace('hook forward priority filter; policy drop;', 'hook forward priority filter; policy accept;')),
    ).toContain('e77: hook forward accepts what no rule decides');
  });

  test('a chain that is missing', () => {
    expect(found('s3-router1', text => text.replace(/ {2}chain input \{[\s\S]*?\n {2}\}\n/, ''))).toContain(
      's3-router1: hook input has no chain',
    );
  });

  test('a rule that an earlier one shadows', () => {
    const plant = (text: string) =>
      text.replace(
        /(\n *)(ip saddr 10\.64\.0\.0\/13 ip daddr 10\.101\.0\.0\/16 tcp dport 80 accept)/,
        '$1$2$1ip saddr 10.64.77.0/24 ip daddr 10.101.0.3 tcp dport 80 drop$1$2',
      );
    const messages = found('s1-router1', plant);
    expect(messages).toContainEqual(
      expect.stringMatching(
        /^s1-router1: a rule of chain forward can never decide: 'ip saddr 10\.64\.77\.0\/24 ip daddr 10\.101\.0\.3 tcp dport 80 drop'; what it matches is taken before by 'ip saddr 10\.64\.0\.0\/13/,
      ),
    );
  });

  test('office to office let through by order', () => {
    const messages = found('n67', moved(/icmp type \{ destination-unreachable/, /office to office/));
    expect(messages).toContainEqual(expect.stringMatching(/^n67 lets office to office through: icmp destination-unreachable/));
  });

  test("an office that may send with others' addresses, at the office and behind it", () => {
    expect(found('e77', removed(/ip saddr != .*only our own addresses leave/))).toContainEqual(
      expect.stringMatching(/^e77 lets what leaves with an address of others through: /),
    );
    expect(found('n67', removed(/iifname "l77" ip saddr != /))).toContainEqual(
      expect.stringMatching(/^n67 lets what comes by l77 with an address of others through: /),
    );
  });

  test('an external that may pass for a monitor', () => {
    expect(found('s1-router1', removed(/iifname "l7" ip saddr != /))).toEqual([
      expect.stringMatching(/^s1-router1 lets what comes by l7 with an address of others through: .*chain forward/),
      expect.stringMatching(/^s1-router1 lets what comes by l7 with an address of others through: .*chain input/),
    ]);
  });

  test('what begins from the Internet', () => {
    expect(found('e77', removed(/iifname "l1077" drop/))).toContainEqual(
      expect.stringMatching(/^e77 lets what begins from its Internet line through: /),
    );
  });

  test('a host without a filter', () => {
    const others = new Map([...rendered].filter(([host]) => host !== 'n67'));
    expect(examineFilters(small, others).findings.map(({ message }) => message)).toContainEqual(
      'n67 has no filter: everything gets through it',
    );
  });

  test('what drops a connection after its first packet', () => {
    const messages = found('s1-router1', first('ip saddr 10.64.0.0/13 ct state established drop'));
    expect(messages).toContainEqual(
      expect.stringMatching(/^s1-router1 drops the request of 'staff use every shared system' .*state established/),
    );
  });

  test("an office's line over which routers may speak", () => {
    expect(
      found('n67', text =>
        text.replaceAll(/iifname \{ "l\d+", "l\d+" \} (ip6? saddr \S+ ip6? daddr \S+ tcp dport 179)/g, 'iifname "l*" $1'),
      ),
    ).toContainEqual(
      expect.stringMatching(/^n67 lets tcp 179 from 10\.96\.\S+ to 10\.96\.\S+ \(in by l77, .*through, which no flow allows; chain input/),
    );
  });

  test('an office that may speak to another by the address of its line', () => {
    expect(found('n67', removed(/iifname \{ "l77", "l160" \} oifname/))).toContainEqual(
      expect.stringMatching(/^n67 lets office to office through: icmp destination-unreachable from 10\.96\./),
    );
  });

  test('an office or an external that may pass for a monitor towards a router', () => {
    expect(found('n67', text => text.replace(/ {4}iifname "l77" ip saddr != .*\n/, ''))).toContainEqual(
      expect.stringMatching(/^n67 lets what comes by l77 with an address of others through: .*chain input/),
    );
    expect(found('s1-router1', text => text.replace(/ {4}iifname "l7" ip saddr != .*\n/, ''))).toContainEqual(
      expect.stringMatching(/^s1-router1 lets what comes by l7 with an address of others through: .*chain input/),
    );
  });

  test("an office's own line that shows the office's address", () => {
    expect(found('e77', removed(/masquerade/))).toContainEqual(
      'e77: what leaves by its own line l1077 keeps an address to which nothing comes back',
    );
  });

  test('a rule that no packet meets', () => {
    expect(found('n67', first('tcp dport 80 udp dport 90 drop'))).toContainEqual(
      "n67: a rule of chain forward can never decide: 'tcp dport 80 udp dport 90 drop'; no packet matches all that it demands",
    );
  });

  test('a flow that begins nowhere', () => {
    const city = {
      ...smallCity,
      flows: smallCity.flows.map((flow, index) => (index === 0 ? { ...flow, from: ['links' as const] } : flow)),
    };
    expect(examineSegmentation(topologyOf(city)).findings.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/^'.*' is allowed from links to systems, and nothing in the city begins it there or takes it/),
    );
  });

  test('a rule that cannot be read', () => {
    expect(found('n67', text => text.replace('    icmp type', '    meta mark 1 accept\n    icmp type'))).toContainEqual(
      expect.stringMatching(/^n67: the filter cannot be judged: line \d+: 'meta mark 1 accept': 'mark' is not nfproto$/),
    );
  });

  test('what is allowed and not routed', () => {
    const city = {
      ...smallCity,
      flows: smallCity.flows.map(flow =>
        flow.why.startsWith('citizens') ? { ...flow, from: ['video' as const], to: ['external.internet' as const] } : flow,
      ),
    };
    expect(examineSegmentation(topologyOf(city)).findings.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(
        /^'citizens use the public-service portal' is allowed from e\d+'s video segment to x65, and x65 has no route back; and 3 more times$/,
      ),
    );
  });
});
