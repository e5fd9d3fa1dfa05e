/** Whole renderings against committed files. After a meant change: `npx vitest run test/site/golden.test.ts -u`, and read the diff. */

import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Host } from '../../infra/site/host.js';
import { ROLES } from '../../infra/site/host.js';
import { canTho, canTho2025, layoutOf, smallCity } from './cities.js';
import { asJson, committed, GOLDEN, renderingOf } from './golden.js';

/** The hosts of the shipped city whose files are committed whole; of the others a digest is. */
const SHOWN = ['s1-router1', 's2-router1', 's3-router1', 's1-edge1', 's1-database1', 's2-repository1', 's1-monitor1', 'n67', 'e131', 'x65'];

const shippedLayout = layoutOf(canTho);
const tableOfHosts = shippedLayout.hosts.map(({ name, role, address, processes }) => ({
  name,
  role,
  address,
  processes: processes.map(process => process.name),
}));
const digestOf = (host: Host): string =>
  createHash('sha256')
    .update(JSON.stringify([...renderingOf(host)]))
    .digest('hex')
    .slice(0, 16);
const digestsOf = (hosts: readonly Host[]): object => Object.fromEntries(hosts.map(host => [host.name, digestOf(host)]));

const toy = layoutOf(smallCity);
const GOLDENS = {
  toy: { hosts: toy.hosts, 'wires.json': asJson(toy.wires) },
  'can-tho-2022': {
    hosts: shippedLayout.hosts.filter(({ name }) => SHOWN.includes(name)),
    'hosts.json': asJson(tableOfHosts),
    'digests.json': asJson(digestsOf(shippedLayout.hosts)),
  },
  'can-tho-2025': { hosts: [], 'digests.json': asJson(digestsOf(layoutOf(canTho2025).hosts)) },
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
