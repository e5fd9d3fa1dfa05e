/** The packs, as a deployment is held against them: with everything that the library itself checks. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import type { App } from 'aws-cdk-lib/core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { cityApp } from '../../infra/aws/app.js';
import { acknowledgedBelow, acknowledgementTable } from '../../infra/aws/policy/acknowledge.js';
import { synthesised } from '../../infra/aws/policy/findings.js';
import { AWS_POSTURES } from '../../infra/city/targets/aws/plan.js';
import { failureOf } from '../../infra/cli/failure.js';
import { toyCity } from '../city/toy.js';
import { canTho, smallCity } from '../site/cities.js';
import { GOLDEN } from '../site/golden.js';
import { temporaryFolder } from '../temporary-folder.js';
import { deployed } from './deployments.js';

// Other tests run without (vitest.config.ts).
beforeAll(() => void vi.stubEnv('CDK_VALIDATION', undefined));
afterAll(() => void vi.unstubAllEnvs());
const outdir = temporaryFolder();

interface Report {
  readonly pluginReports: readonly {
    readonly pluginName?: string;
    readonly conclusion?: string;
    readonly violations: readonly { readonly ruleName: string }[];
  }[];
}

let assemblies = 0;
function held(app: (outdir: string) => App): { readonly thrown: string; readonly report: string } {
  const folder = join(outdir, String(assemblies++));
  let thrown = '';
  try {
    app(folder).synth();
  } catch (error) {
    thrown = String(error);
  }
  // The library also says by the process's exit code what it throws.
  process.exitCode = 0;
  return { thrown, report: readFileSync(join(folder, 'validation-report.json'), 'utf8') };
}

/** Between them, every posture and every stage. */
const BOTH = { 'pilot-light': 'trial', 'warm-standby': 'production' } as const;

test.each(AWS_POSTURES)('%s: no pack has a finding that is not acknowledged, nor has the library', posture => {
  const { thrown, report } = held(folder => {
    return cityApp(deployed(canTho, { posture, stage: BOTH[posture] }), { outdir: folder });
  });
  expect(thrown).toBe('');
  const { pluginReports } = JSON.parse(report) as Report;
  expect(pluginReports.length).toBeGreaterThanOrEqual(3);
});

test('a city with a circuit, too, and not even a warning', () => {
  const { thrown, report } = held(folder => cityApp(deployed(toyCity()), { outdir: folder }));
  expect(thrown).toBe('');
  const { pluginReports } = JSON.parse(report) as Report;
  expect(pluginReports.flatMap(({ violations }) => violations)).toEqual([]);
});

describe('what is in no plan, has no copy, no owner and no tier', () => {
  const folder = join(outdir, 'forgotten');
  let thrown: unknown;
  beforeAll(() => {
    const app = cityApp(deployed(smallCity), { outdir: folder });
    const [stack] = app.node.children;
    if (stack === undefined) throw new Error('a city without stacks');
    new CfnBucket(stack, 'Forgotten');
    thrown = thrownBy(() => synthesised(app));
    process.exitCode = 0; // as above
  });

  test('ends the synthesis', () => {
    const report = readFileSync(join(folder, 'validation-report.json'), 'utf8');
    for (const rule of ['City-Backup', 'City-Copy', 'AwsSolutions-S1', 'NIST.800.53.R5-S3BucketVersioningEnabled'])
      expect(report).toContain(rule);
  });

  test('is reported as problems to the operator who synthesises, with the next step', () => {
    const failure = failureOf(thrown);
    expect(failure.code).toBe(2);
    expect(failure.text).toContain(
      "can-tho-s2-foundation/Forgotten: The S3 Bucket has server access logs disabled (AwsSolutions) [AwsSolutions-S1]\n  hint: change the resource, or acknowledge 'AwsSolutions-S1'",
    );
    expect(failure.text).not.toContain('Control IDs');
  });
});

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

test('every acknowledgement says why, and they are listed', async () => {
  const app = cityApp(deployed(canTho), { packs: false });
  const all = acknowledgedBelow(app);
  expect(all.length).toBeGreaterThan(0);
  expect(all.filter(({ reason }) => reason.length < 20)).toEqual([]);
  await expect(acknowledgementTable(app)).toMatchFileSnapshot(join(GOLDEN, 'aws', 'acknowledged.md'));
});
