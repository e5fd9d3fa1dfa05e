import { describe, expect, test } from 'vitest';
import { grouped } from '../../../infra/city/grouped.js';
import type { ElementNumber } from '../../../infra/city/identity.js';
import { partOf } from '../../../infra/city/part.js';
import { dockerCity, hostGroupsOf } from '../../../infra/docker/ready.js';
import { placeOf, seatsOf, TUNNELS } from '../../../infra/docker/seats.js';
import { tunnelsOf } from '../../../infra/docker/wires.js';
import { canTho, smallCity } from '../../site/cities.js';

const { topology, layout } = dockerCity(canTho);
const seats = seatsOf(topology);
const tunnels = tunnelsOf(topology, seats);

describe('seats', () => {
  test('every host has one of its own, inside its underlay and apart from its gateway', () => {
    const places = topology.machines.map(placeOf);
    expect(new Set(places).size).toBe(topology.machines.length);
    expect(Math.min(...places)).toBeGreaterThan(0);
    expect(Math.max(...places)).toBeLessThan(0xfffe);
  });

  test('come from permanent numbers: a part of a city has those of the whole', () => {
    const part = seatsOf(dockerCity(partOf(canTho, new Set([67 as ElementNumber]))).topology);
    for (const [name, { address }] of part) expect(address).toBe(seats.get(name)?.address);
  });

  test('what is in no site runs with the primary', () => {
    const [here] = smallCity.dockerHosts;
    if (here === undefined) throw new Error('the small city has no Docker host');
    const apart = [
      { ...here, key: 'a', sites: here.sites.filter(site => site !== 1), underlay: '172.30.0.0/16' },
      { ...here, key: 'b', sites: here.sites.filter(site => site === 1), underlay: '172.31.0.0/16' },
    ];
    const two = seatsOf(dockerCity({ ...smallCity, dockerHosts: apart }).topology);
    expect([...two].filter(([, { dockerHost }]) => dockerHost.key === 'a').map(([name]) => name.split('-')[0])).not.toContain('s1');
    expect(two.get('n67')).toMatchObject({ dockerHost: { key: 'b' }, address: '172.31.0.67' });
  });
});

describe('tunnels', () => {
  const all = [...tunnels].flatMap(([host, own]) => own.map(tunnel => ({ host, ...tunnel })));

  test('there are two for every wire, under one identifier that no other wire has, each to the other', () => {
    expect(all).toHaveLength(2 * topology.wires.length);
    for (const group of grouped(all, ({ vni }) => [vni]).values()) {
      expect(group).toHaveLength(2);
      const [one, other] = group;
      expect(one?.peer).toBe(seats.get(other?.host ?? '')?.address);
      expect(other?.peer).toBe(seats.get(one?.host ?? '')?.address);
    }
  });

  test('identifiers of links are their numbers', () => {
    for (const { vni, device } of all.filter(({ device: name }) => /^l\d+$/.test(name))) expect(device).toBe(`l${vni}`);
  });

  test('their packets fit the underlay', () => expect(Math.max(...all.map(({ mtuBytes }) => mtuBytes))).toBe(1450));
});

test("every filter lets the tunnels' own packets in", () => {
  const filters = layout.hosts.flatMap(({ files }) => files.filter(({ path }) => path === '/etc/citydc/filter.nft'));
  expect(filters.length).toBeGreaterThan(100);
  for (const { content } of filters) expect(content).toContain(`iifname "${TUNNELS.device}" udp dport ${TUNNELS.port} accept`);
});

test('every host is in one group, an office in that of its aggregation node', () => {
  const groups = hostGroupsOf(topology, layout);
  expect(groups.flatMap(({ hosts }) => hosts.map(({ name }) => name)).toSorted()).toEqual(layout.hosts.map(({ name }) => name).toSorted());
  expect(groups.find(({ name }) => name === 'n73')?.hosts.map(({ name }) => name)).toContain('e131');
});
