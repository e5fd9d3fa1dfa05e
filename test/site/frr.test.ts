import { describe, expect, test } from 'vitest';
import { addressPlan, FAMILIES, type Family } from '../../infra/city/addresses.js';
import { ENDPOINT_SEGMENTS } from '../../infra/city/identity.js';
import { canTho, layoutOf } from './cities.js';

const plan = addressPlan(canTho.plan);
const speakers = layoutOf(canTho).hosts.flatMap(({ name, role, node, files }) => {
  const text = files.find(({ path }) => path === '/etc/frr/bgpd.conf')?.content;
  return text === undefined ? [] : [{ name, role, node, text }];
});
const textOf = (name: string): string => speakers.find(speaker => speaker.name === name)?.text ?? '';

const WORD = { v4: 'ip', v6: 'ipv6' } as const satisfies Record<Family, string>;
/** Prefix lists of one family that a route map lets through, in its order. */
const passedIn = (family: Family, text: string, map: string): readonly string[] =>
  [...text.matchAll(new RegExp(`^route-map ${map} permit \\d+\\n match ${WORD[family]} address prefix-list (\\w+)`, 'gm'))].map(
    ([, list = '']) => list,
  );
/** Of either family. */
const passedBy = (text: string, map: string): ReadonlySet<string> => new Set(FAMILIES.flatMap(family => passedIn(family, text, map)));
const entriesOf = (family: Family, text: string, list: string): readonly string[] =>
  [...text.matchAll(new RegExp(`^${WORD[family]} prefix-list ${list} seq \\d+ permit (.*)$`, 'gm'))].map(([, entry = '']) => entry);
/** What a family's part of the router's own section says. */
const sectionOf = (family: Family, text: string): string =>
  new RegExp(`^ address-family ip${family} unicast\n([\\s\\S]*?)^ exit-address-family`, 'm').exec(text)?.[1] ?? '';
const mapsOut = (text: string): readonly string[] => [...text.matchAll(/ route-map (\S+) out$/gm)].map(([, map = '']) => map);
const blocksOf = (text: string, map: string): readonly string[] =>
  text.match(new RegExp(`^route-map ${map} permit \\d+\\n(?: .*\\n)+`, 'gm')) ?? [];

const CENTRES = ['s1-router1', 's2-router1'];
const others = speakers.filter(({ name }) => !CENTRES.includes(name));

test('every router, aggregation node and external speaks BGP', () =>
  expect(speakers.length).toBe(canTho.sites.length + canTho.aggregations.length + canTho.externals.length));

describe.each(others)('$name', ({ name, node, text }) => {
  test('sends its own prefixes and nothing that it learnt', () => {
    expect(mapsOut(text).length).toBeGreaterThan(0);
    expect(new Set(mapsOut(text))).toEqual(new Set(['SITE-OUT']));
    for (const family of FAMILIES) expect(passedIn(family, text, 'SITE-OUT')).toEqual(['OWN']);
    expect(text).not.toContain('redistribute');
  });

  test.each(FAMILIES)('owns in %s what the model gives it, and originates just that', family => {
    const own = new Set(ownOf(family, name, node));
    expect(new Set([...sectionOf(family, text).matchAll(/^ {2}network (.*)$/gm)].map(([, prefix]) => prefix))).toEqual(own);
  });
});

function ownOf(family: Family, name: string, node: number): readonly string[] {
  const loopback = `${plan.loopback(node)[family]}/${family === 'v4' ? 32 : 128}`;
  if (name.startsWith('s')) return [loopback, plan.lan(node)[family]];
  const prefixes = family === 'v4' ? canTho.externals.find(({ number }) => number === node)?.prefixes : [];
  if (name.startsWith('x')) return [loopback, ...(prefixes ?? [])];
  const offices = canTho.endpoints.filter(({ aggregation }) => aggregation === node);
  return [loopback, ...offices.flatMap(({ number }) => ENDPOINT_SEGMENTS.map(segment => plan.segment(number, segment)[family]))];
}

describe.each(CENTRES)('%s', name => {
  const text = textOf(name);

  test.each(others)('takes its own prefixes from $name, by paths of one autonomous system', other => {
    const list = other.name.replace('-router1', '').toUpperCase();
    for (const family of FAMILIES) {
      expect(passedIn(family, text, `${list}-IN`)).toEqual([list]);
    }
    for (const block of blocksOf(text, `${list}-IN`)) expect(block).toContain(' match as-path ONE-HOP\n');
    expect(text).toContain(`route-map ${list}-IN deny 65535\n`);
  });

  test('takes from the other data centre what some node owns, and services', () => {
    const owners = [...CENTRES.filter(other => other !== name), ...others.map(other => other.name)];
    const lists = owners.map(other => other.replace('-router1', '').toUpperCase());
    expect(new Set(passedIn('v4', text, 'CENTRE-IN'))).toEqual(new Set([...lists, 'SERVICES']));
  });

  test('never announces other offices to an aggregation node, nor any to the Internet', () => {
    expect(passedBy(text, 'AGGREGATION-OUT')).not.toContain('ENDPOINTS');
    // The national network knows the way back to the offices that look whether it is there; the Internet does not.
    expect(passedBy(text, 'NATIONAL-OUT')).toContain('ENDPOINTS');
    expect(passedBy(text, 'INTERNET-OUT')).not.toContain('ENDPOINTS');
    for (const map of ['NATIONAL-OUT', 'INTERNET-OUT']) expect(passedBy(text, map)).not.toContain('EXTERNALS');
  });

  test('gives the witness no services, offices or externals', () =>
    expect(passedBy(text, 'WITNESS-OUT')).toEqual(new Set(['LANS', 'LOOPBACKS'])));

  test('treats both families alike, but for what has prefixes in one only', () => {
    for (const map of ['CENTRE-IN', ...['CENTRE', 'WITNESS', 'AGGREGATION', 'NATIONAL', 'INTERNET'].map(policy => `${policy}-OUT`)])
      expect(passedIn('v6', text, map)).toEqual(passedIn('v4', text, map).filter(list => list !== 'EXTERNALS'));
    expect(entriesOf('v6', text, 'EXTERNALS')).toEqual([]);
  });
});

test('the witness announces no service', () => expect(textOf('s3-router1')).not.toContain('route-map SERVICES'));

test('services are distinguished by explicit prepends: primary, backup, then a site on probation', () => {
  const prependsIn = (family: Family, name: string) =>
    blocksOf(textOf(name), 'SERVICES')
      .filter(block => block.includes(` match ${WORD[family]} address prefix-list SERVICES\n`))
      .map(block => (/prepend (.*)/.exec(block)?.[1] ?? '').split(' ').filter(Boolean).length);
  const prepends = (name: string) => prependsIn('v4', name);
  for (const name of CENTRES) expect(prependsIn('v6', name)).toEqual(prepends(name));
  const [[primary = 0, primaryHeld = 0], [backup = 0, backupHeld = 0]] = CENTRES.map(prepends) as [number[], number[]];
  expect(primary).toBe(0);
  expect(primary).toBeLessThan(backup);
  expect(backup).toBeLessThan(Math.min(primaryHeld, backupHeld));
  expect(textOf('s2-router1')).not.toContain('prepend last-as');
});

test('what anyone takes of a site is a whole segment, LAN or single address', () => {
  for (const { text } of others)
    for (const family of FAMILIES)
      for (const list of passedIn(family, text, 'SITE-IN').filter(each => !['SERVICES', 'EXTERNALS'].includes(each)))
        for (const entry of entriesOf(family, text, list)) expect(entry).toMatch(/ ge (\d+)(?: le \1)?$/);
});

test('every neighbour has BFD, and policies in both directions and families', () => {
  for (const { name, text } of speakers) {
    const neighbours = [...text.matchAll(/^ neighbor (\S+) remote-as/gm)].map(([, address = '']) => address);
    expect(neighbours.length, name).toBeGreaterThan(0);
    for (const address of neighbours) {
      const says = (section: string, line: string) =>
        expect(section).toMatch(new RegExp(`neighbor ${address.replaceAll('.', '\\.')} ${line}$`, 'm'));
      says(text, 'bfd profile line');
      says(text, 'enforce-first-as');
      says(sectionOf('v6', text), 'activate');
      for (const section of FAMILIES.map(family => sectionOf(family, text)))
        for (const line of [String.raw`route-map \S+ in`, String.raw`route-map \S+ out`, String.raw`maximum-prefix \d+ restart 5`])
          says(section, line);
    }
    expect(text).not.toContain('no bgp ebgp-requires-policy');
  }
});
