import { describe, expect, test } from 'vitest';
import { addressPlan } from '../../infra/city/addresses.js';
import { ENDPOINT_SEGMENTS } from '../../infra/city/model.js';
import { layoutOf } from '../../infra/site/layout.js';
import { canTho } from './cities.js';

const plan = addressPlan(canTho.plan);
const speakers = layoutOf(canTho).hosts.flatMap(({ name, role, node, files }) => {
  const text = files.find(({ path }) => path === '/etc/frr/bgpd.conf')?.content;
  return text === undefined ? [] : [{ name, role, node, text }];
});
const textOf = (name: string): string => speakers.find(speaker => speaker.name === name)?.text ?? '';

/** Prefix lists that a route map lets through, in its order. */
const passedBy = (text: string, map: string): readonly string[] =>
  [...text.matchAll(new RegExp(`^route-map ${map} permit \\d+\\n match ip address prefix-list (\\w+)`, 'gm'))].map(([, list = '']) => list);
const entriesOf = (text: string, list: string): readonly string[] =>
  [...text.matchAll(new RegExp(`^ip prefix-list ${list} seq \\d+ permit (.*)$`, 'gm'))].map(([, entry = '']) => entry);
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
    expect(passedBy(text, 'SITE-OUT')).toEqual(['OWN']);
    expect(text).not.toContain('redistribute');
  });

  test('owns what the model gives it', () => expect(new Set(entriesOf(text, 'OWN'))).toEqual(new Set(ownOf(name, node))));
});

function ownOf(name: string, node: number): readonly string[] {
  const loopback = `${plan.loopback(node).v4}/32`;
  if (name.startsWith('s')) return [loopback, plan.lan(node).v4];
  if (name.startsWith('x')) return [loopback, ...(canTho.externals.find(({ number }) => number === node)?.prefixes ?? [])];
  const offices = canTho.endpoints.filter(({ aggregation }) => aggregation === node);
  return [loopback, ...offices.flatMap(({ number }) => ENDPOINT_SEGMENTS.map(segment => plan.segment(number, segment).v4))];
}

describe.each(CENTRES)('%s', name => {
  const text = textOf(name);

  test.each(['WITNESS', 'AGGREGATION', 'EXTERNAL'])('takes paths of one autonomous system only from %s', policy => {
    const blocks = blocksOf(text, `${policy}-IN`);
    expect(blocks.length).toBeGreaterThan(0);
    for (const block of blocks) expect(block).toContain(' match as-path ONE-HOP\n');
  });

  test('never tells an aggregation node of other offices, nor an external of any', () => {
    expect(passedBy(text, 'AGGREGATION-OUT')).not.toContain('ENDPOINTS');
    expect(passedBy(text, 'EXTERNAL-OUT')).not.toContain('ENDPOINTS');
    expect(passedBy(text, 'EXTERNAL-OUT')).not.toContain('EXTERNALS');
  });

  test('gives the witness no services, offices or externals', () => expect(passedBy(text, 'WITNESS-OUT')).toEqual(['LANS', 'LOOPBACKS']));
});

test('the witness announces no service', () => expect(textOf('s3-router1')).not.toContain('route-map SERVICES'));

test('services are told apart by explicit prepends: primary, backup, then whoever is on probation', () => {
  const prepends = (name: string) =>
    blocksOf(textOf(name), 'SERVICES').map(block => (/prepend (.*)/.exec(block)?.[1] ?? '').split(' ').filter(Boolean).length);
  const [[primary = 0, primaryHeld = 0], [backup = 0, backupHeld = 0]] = CENTRES.map(prepends) as [number[], number[]];
  expect(primary).toBe(0);
  expect(primary).toBeLessThan(backup);
  expect(backup).toBeLessThan(Math.min(primaryHeld, backupHeld));
  expect(textOf('s2-router1')).not.toContain('prepend last-as');
});

test('every neighbour has BFD and policies in both directions', () => {
  for (const { name, text } of speakers) {
    const neighbours = [...text.matchAll(/^ neighbor (\S+) remote-as/gm)].map(([, address = '']) => address);
    expect(neighbours.length, name).toBeGreaterThan(0);
    for (const address of neighbours) {
      for (const line of [`bfd profile line`, String.raw`route-map \S+ in`, String.raw`route-map \S+ out`])
        expect(text).toMatch(new RegExp(`neighbor ${address.replaceAll('.', '\\.')} ${line}$`, 'm'));
    }
    expect(text).not.toContain('no bgp ebgp-requires-policy');
  }
});
