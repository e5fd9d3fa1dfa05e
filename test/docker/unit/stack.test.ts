/** The synthesised stack against committed files. After a meant change: `npx vitest run --project pure -u`, and read the difference. */

import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { City } from '../../../infra/city/model.js';
import { synthesise } from '../../../infra/docker/stack/synthesise.js';
import { BUNDLES, bundleFile } from '../../../infra/site/host.js';
import { canTho, canTho2025, smallCity } from '../../site/cities.js';
import { temporaryFolder } from '../../temporary-folder.js';

type Resources = Readonly<Record<string, Readonly<Record<string, object>>>>;

const digestOf = (value: object): string => createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 12);

const inputs = temporaryFolder();
mkdirSync(join(inputs, 'agents'));
for (const file of [...BUNDLES.map(bundleFile), 'lay-ready.mjs']) writeFileSync(join(inputs, 'agents', file), file);

interface Synthesised {
  readonly text: string;
  readonly folder: string;
  readonly resources: Resources;
}
/** Each city's stack, synthesised once. */
const stacks = new Map<City, Promise<Synthesised>>();
function stackOf(city: City): Promise<Synthesised> {
  const stack = stacks.get(city) ?? synthesised(city);
  stacks.set(city, stack);
  return stack;
}

async function synthesised(city: City): Promise<Synthesised> {
  const state = temporaryFolder();
  const out = join(state, 'docker', 'cdktf.out');
  const folder = await synthesise({
    city,
    out,
    agents: join(inputs, 'agents'),
    state,
    image: '0123456789ab',
    protectData: true,
    note: () => undefined,
  });
  const text = readFileSync(join(folder, 'cdk.tf.json'), 'utf8');
  return { text, folder, resources: JSON.parse(text).resource };
}

const addresses = (resources: Resources): ReadonlyMap<string, object> =>
  new Map(Object.entries(resources).flatMap(([type, byName]) => Object.entries(byName).map(([name, body]) => [`${type}.${name}`, body])));

/** A resource in a line: what people look for in it, and a digest of all of it. */
function lineOf([address, body]: readonly [string, Body]): string {
  const { memory, cpu_shares, restart, networks_advanced, volumes = [], lifecycle, driver, ipam_config } = body;
  const shown = {
    memory,
    cpu_shares,
    restart,
    address: networks_advanced?.map(({ ipv4_address }) => ipv4_address).join(),
    volumes: volumes.map(({ container_path }) => container_path).join(),
    kept: lifecycle?.prevent_destroy,
    driver,
    subnet: ipam_config?.map(({ subnet }) => subnet).join(),
  };
  const words = Object.entries(shown).flatMap(([name, value]) => (value === undefined || value === '' ? [] : [`${name}=${value}`]));
  return `${[address, ...words, digestOf(body)].join('  ')}\n`;
}
interface Body {
  readonly memory?: number;
  readonly cpu_shares?: number;
  readonly restart?: string;
  readonly networks_advanced?: readonly { readonly ipv4_address: string }[];
  readonly volumes?: readonly { readonly container_path: string }[];
  readonly lifecycle?: { readonly prevent_destroy: boolean };
  readonly driver?: string;
  readonly ipam_config?: readonly { readonly subnet: string }[];
}

describe.each([canTho, canTho2025])('$id', city => {
  test('is synthesised as committed', async () => {
    const { text, resources } = await stackOf(city);
    const { resource: _, data: __, ...frame } = JSON.parse(text);
    const all = [...addresses(resources)];
    const head = `${all.length} resources  ${digestOf(all)}\n${JSON.stringify(frame)}\n`;
    // The later city differs in its offices: its digest says whether it changed, the earlier one's lines how.
    const lines = city === canTho ? all.map(lineOf).join('') : '';
    await expect(head + lines).toMatchFileSnapshot(`../../golden/docker/${city.id}.txt`);
  });

  test('names no path of the machine that synthesised it', async () => {
    const { text, folder } = await stackOf(city);
    const files = [text, ...readdirSync(join(folder, 'ready')).map(name => readFileSync(join(folder, 'ready', name), 'utf8'))];
    for (const path of [process.cwd(), inputs, folder]) expect(files.filter(file => file.includes(path))).toEqual([]);
  });
});

test('an office more leaves every other resource as it is, but for those that lay files ready', async () => {
  const { endpoints, links } = canTho;
  const [office, line] = [endpoints.find(({ number }) => number === 131), links.find(({ number }) => number === 131)];
  if (office === undefined || line === undefined) throw new Error('there is no office 131');
  const number = 240 as typeof office.number;
  const larger: City = {
    ...canTho,
    endpoints: [...endpoints, { ...office, number }],
    links: [...links, { ...line, number: 240 as typeof line.number, ends: [number, line.ends[1]] }],
  };
  const before = addresses((await stackOf(canTho)).resources);
  const after = addresses((await stackOf(larger)).resources);
  const changed = [...before]
    .filter(([address, body]) => digestOf(after.get(address) ?? {}) !== digestOf(body))
    .map(([address]) => address);
  expect(changed).toEqual(['docker_container.n73-laid']);
  expect([...after.keys()].filter(address => !before.has(address)).every(address => address.includes('.e240'))).toBe(true);
});

test('no container gains rights; where one has CAP_SYS_ADMIN, no list of system calls gives back what that is for', async () => {
  const containers = Object.entries((await stackOf(smallCity)).resources.docker_container ?? {}) as [string, Contained][];
  expect(containers.length).toBeGreaterThan(20);
  for (const [name, { privileged, capabilities, security_opts: options, memory, restart }] of containers) {
    expect({ privileged, drop: capabilities?.drop }, name).toEqual({ privileged: undefined, drop: ['ALL'] });
    expect(options, name).toContain('no-new-privileges');
    if (restart !== 'no') expect(memory, name).toBeGreaterThan(0);
    const list = options.find(option => option.startsWith('seccomp='));
    expect(list !== undefined, name).toBe(capabilities?.add.includes('CAP_SYS_ADMIN'));
    for (const call of ['mount', 'umount2', 'unshare', 'setns', 'bpf', 'pivot_root']) expect(list ?? '', name).not.toContain(`"${call}"`);
  }
});

interface Contained {
  readonly privileged?: boolean;
  readonly capabilities?: { readonly add: readonly string[]; readonly drop: readonly string[] };
  readonly security_opts: readonly string[];
  readonly memory?: number;
  readonly restart: string;
}

test('an underlay on a device of the Docker host is a macvlan of it', async () => {
  const dockerHosts = smallCity.dockerHosts.map(host => ({ ...host, device: 'eth1' }));
  const { resources } = await stackOf({ ...smallCity, dockerHosts });
  expect(resources.docker_network?.['staging-underlay']).toMatchObject({
    driver: 'macvlan',
    options: { parent: 'eth1' },
    ipam_config: [{ subnet: '172.30.0.0/16', gateway: '172.30.255.254' }],
  });
});

test('a Docker host over TCP has the certificates, and terraform refuses to go without; one with a reason has none', async () => {
  const over = (withoutTls?: string): City => ({
    ...smallCity,
    dockerHosts: smallCity.dockerHosts.map(host => ({ ...host, connect: 'tcp://one:2376', withoutTls })),
  });
  const inTls = JSON.parse((await stackOf(over())).text);
  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: so terraform reads it
  expect(inTls.provider.docker[0].cert_path).toBe('${var.docker_certificates}');
  expect(inTls.variable.docker_certificates.validation).toEqual([
    { condition: '${var.docker_certificates != ""}', error_message: expect.stringContaining('-var docker_certificates=FOLDER') },
  ]);
  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: so terraform reads it
  const inClear = JSON.parse((await stackOf(over('a cable between two machines'))).text);
  expect(inClear.provider.docker[0].cert_path).toBe('');
  expect(inClear.variable.docker_certificates).not.toHaveProperty('validation');
});
