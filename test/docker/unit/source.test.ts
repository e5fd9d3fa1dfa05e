/** What an installed bundle refuses: it deploys what was packed. */

import { execFile } from 'node:child_process';
import { appendFileSync, cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { digestsOf } from '../../../infra/docker/bundle/digests.js';
import { bundleIn, IN_BUNDLE, type Manifest, PLATFORM } from '../../../infra/docker/bundle/layout.js';
import { refuseOtherThan, type WantedStack } from '../../../infra/docker/deploy/source.js';
import { temporaryFolder } from '../../temporary-folder.js';

let folder: string;
let inventory: string;
beforeEach(async () => {
  folder = temporaryFolder();
  inventory = join(folder, IN_BUNDLE.inventory);
  mkdirSync(inventory);
  for (const name of ['city.yaml', 'nodes.csv']) writeFileSync(join(inventory, name), `${name}\n`);
  const facts = { schema: 1, city: 'toy', districts: 'n67 n73', image: '0123', platform: PLATFORM } as const;
  const manifest: Manifest = { ...facts, files: await digestsOf(folder) };
  writeFileSync(join(folder, IN_BUNDLE.manifest), JSON.stringify(manifest));
});

/** What is refused, by its path and message; the next step is always the same. */
async function refused(wanted: Partial<WantedStack> = {}): Promise<readonly string[]> {
  const bundle = bundleIn(folder);
  if (bundle === undefined) throw new Error('no bundle');
  const error = await refuseOtherThan(bundle, { inventory, districts: '', image: undefined, ...wanted }).catch(cause => cause);
  const problems: readonly { rule: string; path: string; message: string; hint: string }[] = error?.problems ?? [];
  for (const { hint } of problems) expect(hint).toContain('change it where the checkout is, make a new bundle');
  return problems.map(({ rule, path, message }) => `${path}: ${message} [${rule}]`);
}

describe('a bundle', () => {
  test('deploys its own inventory, however its folder is named', async () => {
    expect(await refused()).toEqual([]);
    expect(await refused({ image: '' })).toEqual([]);
    const link = join(temporaryFolder(), 'link');
    symlinkSync(folder, link);
    expect(await refused({ inventory: join(link, 'inventory', '.') })).toEqual([]);
  });

  test('refuses another inventory, by folder or by name', async () => {
    const other = temporaryFolder();
    cpSync(inventory, other, { recursive: true });
    for (const named of [other, 'can-tho-2025'])
      expect(await refused({ inventory: named })).toEqual([
        `${named}: this bundle holds the inventory toy that it was made of, and deploys that [bundle]`,
      ]);
  });

  test('refuses other districts and another image, both at once', async () =>
    expect(await refused({ districts: 'n68', image: '4567' })).toEqual([
      '--districts: this bundle holds the districts n67 n73, and deploys that [bundle]',
      '--image: this bundle holds image 0123, and deploys that [bundle]',
    ]));

  test.each<[string, () => void, string]>([
    ['is edited', () => appendFileSync(join(inventory, 'city.yaml'), '#\n'), 'city.yaml is not as packed'],
    ['has a file less', () => rmSync(join(inventory, 'nodes.csv')), 'nodes.csv is not as packed'],
    ['has a file more', () => writeFileSync(join(inventory, 'links.csv'), ''), 'links.csv is not as packed'],
  ])('refuses its own inventory when it %s', async (_, edit, message) => {
    edit();
    expect(await refused()).toEqual([expect.stringContaining(`inventory: ${message}`)]);
  });

  /** The built command in it. */
  async function citydc(...words: readonly string[]): Promise<{ readonly code: number | null; readonly stderr: string }> {
    cpSync('dist', join(folder, IN_BUNDLE.program), { recursive: true, filter: path => !path.endsWith('.map') });
    writeFileSync(join(folder, IN_BUNDLE.package), '{ "type": "module" }');
    return new Promise(done => {
      const all = [join(folder, IN_BUNDLE.program, 'citydc.js'), ...words];
      const child = execFile(process.execPath, all, { env: {} }, (_error, _stdout, stderr) => done({ code: child.exitCode, stderr }));
    });
  }

  test('says so before it looks at what it does not take, as a command', async () => {
    const { code, stderr } = await citydc('--fabric', 'docker', 'up', 'can-tho-2025', '--image', 'other');
    expect(stderr).toMatch(/^can-tho-2025: .*\n {2}hint: .*\n--image: .*\n {2}hint: .*\n2 problems in the input/);
    expect(code).toBe(2);
  });

  test('has no shipped inventories to choose from', async () => {
    const { code, stderr } = await citydc('check', 'can-tho-2025');
    expect(stderr).toContain('there is no such folder and no shipped inventory of that name');
    expect(code).toBe(2);
  });
});
