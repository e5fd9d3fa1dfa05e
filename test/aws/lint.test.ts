/** cfn-lint knows the schemas of the resources, region by region. */

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { AWS_POSTURES } from '../../infra/city/targets/aws/plan.js';
import { toyCity } from '../city/toy.js';
import { canTho } from '../site/cities.js';
import { skipUnless } from '../skips.js';
import { temporaryFolder } from '../temporary-folder.js';
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

const DEPLOYMENTS = [
  ...AWS_POSTURES.map(posture => [`can-tho-2022-${posture}`, () => templates(canTho, posture)] as const),
  ['toy, which has a circuit', () => templates(toyCity())] as const,
] as const;

/** Every template of every deployment, each once: between two postures most stacks are the same to the last byte. */
function written(folder: string): readonly string[] {
  const paths = new Map<string, string>();
  for (const [name, make] of DEPLOYMENTS)
    for (const [stack, template] of make()) {
      const text = JSON.stringify(template, undefined, 1);
      if (paths.has(text)) continue;
      const path = join(folder, `${name.replaceAll(/\W+/g, '-')}-${stack}.json`);
      writeFileSync(path, text);
      paths.set(text, path);
    }
  return [...paths.values()];
}

describe.skipIf(skipUnless('cfn-lint', missing()))('cfn-lint', () => {
  test('every template of both postures, and of a city with a circuit, is clean', async () => {
    const paths = written(temporaryFolder());
    expect(paths.length).toBeGreaterThan(DEPLOYMENTS.length);
    expect(await Promise.all(halves(paths).map(said))).toEqual(['', '']);
  });

  test('what is wrong would be reported', async () => {
    const path = join(temporaryFolder(), 'wrong.json');
    writeFileSync(path, '{ "Resources": { "Queue": { "Type": "AWS::SQS::Queue", "Properties": { "Colour": "red" } } } }');
    expect(await said([path])).toContain('Colour');
  });
});

/** It takes one template after the other: two of it use two cores. */
const halves = <T>(items: readonly T[]): readonly (readonly T[])[] => [0, 1].map(half => items.filter((_, index) => index % 2 === half));

async function said(paths: readonly string[]): Promise<string> {
  const { failed, stdout, stderr } = await execa('cfn-lint', ['--ignore-checks', IGNORED, '--', ...paths], { reject: false });
  return failed ? `cfn-lint: ${stdout}${stderr}` : stdout;
}
