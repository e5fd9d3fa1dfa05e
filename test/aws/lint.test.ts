/** cfn-lint knows the schemas of the resources, region by region. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { AWS_POSTURES } from '../../infra/city/aws.js';
import { toyCity } from '../city/toy.js';
import { canTho } from '../site/cities.js';
import { skipUnless } from '../skips.js';
import { templates } from './deployments.js';

/** The one function that the library makes depends on its role twice over; that is the library's. */
const IGNORED = 'W3005';

function missing(): string | undefined {
  try {
    execFileSync('cfn-lint', ['--version'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'needs cfn-lint: pip install cfn-lint';
  }
}

const folder = mkdtempSync(join(tmpdir(), 'citydc-cfn-lint-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(skipUnless('cfn-lint', missing()))('cfn-lint', () => {
  test.each([
    ...AWS_POSTURES.map(posture => [`can-tho-2022 ${posture}`, () => templates(canTho, posture)] as const),
    ['the toy city, which has a circuit', () => templates(toyCity())] as const,
  ])('%s is clean', (name, make) => {
    const paths = [...make()].map(([stack, template]) => {
      const path = join(folder, `${name.replaceAll(/\W/g, '-')}-${stack}.json`);
      writeFileSync(path, JSON.stringify(template, undefined, 1));
      return path;
    });
    expect(said(paths)).toBe('');
  });
});

function said(paths: readonly string[]): string {
  try {
    return execFileSync('cfn-lint', ['--ignore-checks', IGNORED, '--', ...paths], { encoding: 'utf8' });
  } catch (error) {
    return (error as { readonly stdout: string }).stdout;
  }
}
