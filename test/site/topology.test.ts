import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ElementNumber, LinkNumber } from '../../infra/city/identity.js';
import { type City, type Endpoint, nodeName } from '../../infra/city/model.js';
import type { Wire } from '../../infra/site/host.js';
import { gatewayName, topologyOf } from '../../infra/site/topology.js';
import { cases } from '../nightly.js';
import { canTho } from './cities.js';

const { machines, wires, nodes } = topologyOf(canTho);
const ends = wires.flatMap(wire => wire.ends);
/** The kernel's own limit of a network device's name (IFNAMSIZ without its end). */
const DEVICE_NAME_LENGTH = 15;

const repeated = (names: readonly string[]) => names.filter((name, index) => names.indexOf(name) !== index);

test("a device's name fits the kernel and is its host's only one", () => {
  expect(ends.filter(({ device }) => device.length > DEVICE_NAME_LENGTH)).toEqual([]);
  expect(repeated(ends.map(({ host, device }) => `${host} ${device}`))).toEqual([]);
});

test('names of hosts and of wires are unique, and so is every MAC address', () => {
  for (const names of [machines.map(({ name }) => name), wires.map(({ name }) => name), ends.map(({ mac }) => mac)])
    expect(repeated(names)).toEqual([]);
});

test('MAC addresses are locally administered and for one host', () =>
  expect(ends.filter(({ mac }) => !/^02(:[0-9a-f]{2}){5}$/.test(mac))).toEqual([]));

test('a link ends where the model says, at the machine that forwards for the node', () => {
  for (const link of canTho.links) {
    const wire = wires.find(candidate => candidate.link === link.number);
    const wanted = link.ends.map(end => gatewayName(nodes.get(end) ?? raise(`no node ${end}`)));
    expect(
      wire?.ends.map(({ host }) => host),
      `l${link.number}`,
    ).toEqual(wanted);
    expect(wire?.ends.map(({ device }) => device)).toEqual([`l${link.number}`, `l${link.number}`]);
    expect(wire?.mtuBytes).toBe(link.mtuBytes);
  }
});

test("every other wire joins a site's host to its own site's router", () => {
  const patches = wires.filter(({ link }) => link === undefined);
  expect(patches.length).toBe(machines.filter(({ segment }) => segment !== undefined).length);
  for (const {
    ends: [host, router],
  } of patches)
    expect([host.device, router.host]).toEqual(['lan', `${host.host.split('-')[0]}-router1`]);
});

test('no wire ends at a host that is not there', () => {
  const names = new Set(machines.map(({ name }) => name));
  expect(ends.filter(({ host }) => !names.has(host))).toEqual([]);
});

test('no address, name or MAC of another changes when an office comes, goes or moves to another node', () => {
  const free = fc.integer({ min: 300, max: 2047 });
  fc.assert(
    fc.property(free, fc.nat(), fc.nat(), (number, which, where) => {
      const retired = pick(canTho.endpoints, which);
      const moved = pick(canTho.endpoints, which + 1);
      const target = pick(canTho.aggregations, where).number;
      for (const city of [withOffice(canTho, number, target), without(canTho, retired), rehomed(canTho, moved, target)]) {
        const touched = new Set([nodeName(retired), nodeName(moved), `e${number}`]);
        expect(placesOf(city, touched)).toEqual(placesOf(canTho, touched));
      }
    }),
    { numRuns: cases(15, 150) },
  );
});

/** What must stand still: machines by name with their addresses, wires between them with devices and MACs. */
function placesOf(city: City, except: ReadonlySet<string>): ReadonlyMap<string, unknown> {
  const topology = topologyOf(city);
  const stays = ({ ends: [a, b] }: Wire) => !except.has(a.host) && !except.has(b.host);
  return new Map<string, unknown>([
    ...topology.machines.filter(({ name }) => !except.has(name)).map(({ name, address }) => [name, address] as const),
    ...topology.wires.filter(stays).map(wire => [wire.name, wire] as const),
  ]);
}

const withOffice = (city: City, number: number, aggregation: ElementNumber): City => {
  const office: Endpoint = { ...pick(city.endpoints, 0), number: number as ElementNumber, aggregation };
  const access = {
    ...pick(city.links, 0),
    number: (5000 + number) as LinkNumber,
    kind: 'access',
    ends: [office.number, aggregation],
  } as const;
  return { ...city, endpoints: [...city.endpoints, office], links: [...city.links, access] };
};

const without = (city: City, { number }: Endpoint): City => ({
  ...city,
  endpoints: city.endpoints.filter(endpoint => endpoint.number !== number),
  links: city.links.filter(({ ends }) => !ends.includes(number)),
});

const rehomed = (city: City, { number }: Endpoint, aggregation: ElementNumber): City => ({
  ...city,
  endpoints: city.endpoints.map(endpoint => (endpoint.number === number ? { ...endpoint, aggregation } : endpoint)),
  links: city.links.map(link => (link.kind === 'access' && link.ends.includes(number) ? { ...link, ends: [number, aggregation] } : link)),
});

function pick<T>(list: readonly T[], index: number): T {
  return list[index % list.length] ?? raise('an empty list');
}

function raise(message: string): never {
  throw new Error(message);
}
