/** Renderings against committed files: the toy city's hosts whole, of the shipped cities a line a host. After a meant change: `npx vitest run test/site/golden.test.ts -u`, and read the diff. */

import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Host, Layout } from '../../infra/site/host.js';
import { ROLES } from '../../infra/site/host.js';
import { canTho, canTho2025, layoutOf, smallCity } from './cities.js';
import { committed, GOLDEN, renderingOf } from './golden.js';

const digestOf = (host: Host): string =>
  createHash('sha256')
    .update(JSON.stringify([...renderingOf(host)]))
    .digest('hex')
    .slice(0, 16);
/** A host a line: what it is, what runs on it, and a digest of all its files. */
const linesOf = ({ hosts }: Layout): string =>
  hosts
    .map(host => `${[host.name, host.role, host.address, digestOf(host), ...host.processes.map(({ name }) => name)].join(' ')}\n`)
    .join('');

/** A wire a line: its name and MTU, and both ends with their addresses on the wire. */
const wiresOf = ({ wires }: Layout): string =>
  wires
    .map(
      ({ name, mtuBytes, ends }) => `${[name, mtuBytes, ...ends.map(({ host, device, mac }) => `${host}.${device} ${mac}`)].join(' ')}\n`,
    )
    .join('');

const toy = layoutOf(smallCity);
const GOLDENS = {
  toy: { hosts: toy.hosts, 'wires.txt': wiresOf(toy) },
  'can-tho-2022': { hosts: [], 'hosts.txt': linesOf(layoutOf(canTho)) },
  'can-tho-2025': { hosts: [], 'hosts.txt': linesOf(layoutOf(canTho2025)) },
};

describe.each(Object.entries(GOLDENS))('%s', (name, { hosts, ...tables }) => {
  const folder = join(GOLDEN, name);
  mkdirSync(folder, { recursive: true });
  const before = committed(folder);

  test.each(hosts)('$name is rendered as committed', async host => {
    for (const [path, content] of renderingOf(host)) await expect.soft(content).toMatchFileSnapshot(join(folder, host.name, path));
  });

  test.each(Object.entries(tables))('%s is as committed', (path, content) => expect(content).toMatchFileSnapshot(join(folder, path)));

  test('nothing is committed that nothing renders: remove what is listed here', () => {
    const rendered = new Set([
      ...Object.keys(tables),
      ...hosts.flatMap(host => [...renderingOf(host).keys()].map(path => `${host.name}/${path}`)),
    ]);
    expect(before.filter(path => !rendered.has(path))).toEqual([]);
  });
});

test('the toy city has every role', () => expect(new Set(toy.hosts.map(({ role }) => role))).toEqual(new Set(ROLES)));
