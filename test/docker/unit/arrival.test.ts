/** What a host does when other files lie ready for it: the script itself, in a folder, against the plan that `up --plan` prints. */

import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { IN_READY } from '../../../agents/contract/ready.js';
import { arrival } from '../../../infra/docker/arrival.js';
import { arriving } from '../../../infra/docker/deploy/arriving.js';
import { LAY_WIRES } from '../../../infra/docker/wires.js';
import { topologyOf } from '../../../infra/site/topology.js';
import { cases } from '../../nightly.js';
import { smallCity } from '../../site/cities.js';
import { temporaryFolder } from '../../temporary-folder.js';

const MUST_BOOT = 10;
const topology = topologyOf(smallCity);
const [machine] = topology.machines;
const [, converge] = machine === undefined ? [] : (arrival.render(topology, machine).files ?? []);

interface Line {
  readonly digest: string;
  readonly how: 'reload' | 'restart' | 'boot';
  readonly program: string;
  readonly name: string;
}
type Manifest = readonly Line[];

/** A host that has taken the files of a manifest, in a folder instead of at `/`. */
class Host {
  readonly #root = temporaryFolder();
  readonly #script = join(this.#root, 'converge');

  constructor(applied: Manifest) {
    const at = (path: string) => join(this.#root, path);
    for (const folder of ['run/citydc', 'city']) mkdirSync(at(folder), { recursive: true });
    writeFileSync(at('apply'), `#!/bin/sh\necho "$2 $1" >> ${at('asked')}\n`);
    this.programsTakeFiles(true);
    const here = [
      ['/etc/citydc/apply', at('apply')],
      ['/run/citydc', at('run/citydc')],
      ['/city/', at('city/')],
      [LAY_WIRES, ':'],
    ] as const;
    writeFileSync(
      this.#script,
      here.reduce((text, [from, to]) => text.replaceAll(from, to), converge?.content ?? 'exit 99'),
    );
    writeFileSync(at('run/citydc/manifest'), this.textOf(applied));
    for (const { name, digest } of applied) this.#write(this.pathOf(name), digest);
  }

  programsTakeFiles = (willing: boolean): void => chmodSync(join(this.#root, 'apply'), willing ? 0o755 : 0o644);
  pathOf = (name: string): string => join(this.#root, 'etc', name);
  textOf = (manifest: Manifest): string =>
    manifest
      .map(({ digest, how, program, name }) => `${digest} ${how} ${program} ${this.pathOf(name)}\n`)
      .toSorted((a, b) => (a < b ? -1 : 1))
      .join('');

  /** @returns what was asked of programs, in order, and the script's exit code */
  take(manifest: Manifest): { readonly code: number | null; readonly asked: readonly string[] } {
    const ready = join(temporaryFolder(), 'ready');
    for (const { name, digest } of manifest) this.#write(join(ready, IN_READY.root, this.pathOf(name)), digest);
    this.#write(join(ready, IN_READY.manifest), this.textOf(manifest));
    writeFileSync(join(ready, IN_READY.folders), `${userInfo().username} 0755 ${this.pathOf('made')}\n`);
    spawnSync('rm', ['-f', join(this.#root, 'city', 'current'), join(this.#root, 'asked')]);
    symlinkSync(ready, join(this.#root, 'city', 'current'));
    const { status } = spawnSync('sh', [this.#script]);
    const said = join(this.#root, 'asked');
    return { code: status, asked: existsSync(said) ? readFileSync(said, 'utf8').trim().split('\n') : [] };
  }

  has = (name: string): string | undefined => (existsSync(this.pathOf(name)) ? readFileSync(this.pathOf(name), 'utf8') : undefined);

  #write(path: string, content: string): void {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
}

const line = (name: string) =>
  fc.record({
    digest: fc.constantFrom('a1', 'b2'),
    how: fc.constantFrom('reload' as const, 'restart' as const, 'boot' as const),
    program: fc.constantFrom('frr', 'etcd'),
    name: fc.constant(name),
  });
const manifest = fc
  .tuple(...['one', 'two', 'three'].map(name => fc.option(line(name), { nil: undefined })))
  .map(lines => lines.flatMap(each => each ?? []));

/** What `up --plan` says of it. */
function planned(host: Host, before: Manifest, after: Manifest): { readonly boots: boolean; readonly asked: readonly string[] } {
  const group = { name: 'n67', isSite: false, hosts: [{ name: 'n67' }] } as unknown as Parameters<typeof arriving>[0];
  const of = (lines: Manifest) => new Map([['n67', { manifest: host.textOf(lines) }]]);
  const [change] = arriving(group, of(before), of(after));
  return {
    boots: change?.effect === 'boot',
    asked: (change?.programs ?? []).map(({ program, how }) => `${how} ${program}`).toSorted(),
  };
}

test('a host asks of its programs what the plan says, has exactly the files, and takes nothing twice', () => {
  fc.assert(
    fc.property(manifest, manifest, (before, after) => {
      const host = new Host(before);
      const { boots, asked } = planned(host, before, after);
      expect(host.take(after)).toEqual({ code: boots ? MUST_BOOT : 0, asked });
      const content = new Map(after.map(({ name, digest }) => [name, digest]));
      for (const name of ['one', 'two', 'three']) expect(host.has(name)).toBe(content.get(name));
      if (!boots) expect(host.take(after)).toEqual({ code: 0, asked: [] });
    }),
    { numRuns: cases(15, 300) },
  );
});

test('where a program cannot take its files, the next try asks it again', () => {
  const one: Line = { digest: 'a1', how: 'restart', program: 'frr', name: 'one' };
  const host = new Host([]);
  host.programsTakeFiles(false);
  expect(host.take([one]).code).not.toBe(0);
  host.programsTakeFiles(true);
  expect(host.take([one])).toEqual({ code: 0, asked: ['restart frr'] });
});
