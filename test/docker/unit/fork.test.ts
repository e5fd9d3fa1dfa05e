/** The way out stays open: cdktf's maintained fork makes the same stack. */

import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { skipUnless } from '../../skips.js';
import { temporaryFolder } from '../../temporary-folder.js';

const FORK = 'npm:cdktn@0.24.0';
const folder = temporaryFolder();

/** A copy of the built program whose `cdktf` is the fork. */
async function withFork(): Promise<boolean> {
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: Record<string, string> };
  const [docker, constructs] = ['@cdktf/provider-docker', 'constructs'].map(name => `${name}@${dependencies[name]}`);
  writeFileSync(join(folder, 'package.json'), '{ "name": "fork", "private": true, "type": "module" }\n');
  cpSync('dist', join(folder, 'dist'), { recursive: true });
  mkdirSync(join(folder, 'infra', 'city'), { recursive: true });
  cpSync('infra/city/inventory', join(folder, 'infra', 'city', 'inventory'), { recursive: true });
  const words = [
    'install',
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
    '--legacy-peer-deps',
    `cdktf@${FORK}`,
    docker ?? '',
    constructs ?? '',
  ];
  return !(await execa('npm', words, { cwd: folder, reject: false, timeout: 120_000 })).failed;
}

/** Of one image: which one a program wants depends on the Node for the hosts, which the copy lacks. */
async function synthesised(program: string, state: string): Promise<object> {
  const { stdout } = await execa(process.execPath, [program], { env: { CITYDC_STATE: state, CITYDC_IMAGE: '0123456789ab' } });
  return JSON.parse(readFileSync(join(stdout.trim(), 'cdk.tf.json'), 'utf8'), (key, value) =>
    key === 'version' && value.length < 8 ? 'any' : value,
  );
}

const reason = (await withFork()) ? undefined : 'the npm registry cannot be reached';

test.skipIf(skipUnless("cdktf's fork makes the same stack but for the version", reason))(
  "cdktf's fork makes the same stack but for the version",
  async () => {
    const fork = JSON.parse(readFileSync(join(folder, 'node_modules', 'cdktf', 'package.json'), 'utf8'));
    expect(fork.name).toBe('cdktn');
    const theirs = await synthesised(join(folder, 'dist', 'stack.js'), join(folder, 'one'));
    expect(theirs).toEqual(await synthesised('dist/stack.js', join(folder, 'two')));
  },
);
