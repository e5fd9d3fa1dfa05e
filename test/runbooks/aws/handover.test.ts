/** Handing a city over, on an AWS in memory: order, resumption, and what must never be. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isReached, performHandover, planHandover } from '../../../runbooks/aws/engine.js';
import type { Handover } from '../../../runbooks/aws/handover.js';
import { temporaryFolder } from '../../temporary-folder.js';
import { handover, Killed, ToyAws } from './toy-aws.js';

const signal = new AbortController().signal;
const FAILOVER = handover('failover', 'backup');
const FAILBACK = handover('failback', 'primary');
const REBUILD_PRIMARY = handover('rebuild', 'backup');
const REBUILD_BACKUP = handover('rebuild', 'primary');

const perform = (aws: ToyAws, of: Handover, folder = temporaryFolder()) =>
  performHandover(of, aws.cloud(of), aws.pace(), { folder, signal });

describe('a failover', () => {
  test('is planned without touching anything', async () => {
    const aws = new ToyAws();
    const plan = await planHandover(FAILOVER, aws.cloud(FAILOVER), signal);
    expect(aws.performed).toEqual([]);
    expect(plan.map(({ step }) => step)).toEqual([
      'who-serves',
      'stop-applications',
      'close-doors',
      'end-sessions',
      'catch-up',
      'promote',
      'admit',
      'start-applications',
      'turn-names',
      'verify',
      'spread',
    ]);
    expect(plan.filter(isReached).map(({ step }) => step)).toEqual(['who-serves', 'admit']);
  });

  test('fences, waits for the copy, promotes, starts, turns names, and has its times written down', async () => {
    const aws = new ToyAws();
    const done = await perform(aws, FAILOVER);
    const order = [...new Set(aws.performed)];
    expect(order).toEqual(['scale', 'close', 'reboot', 'mark', 'promote', 'turn-names', 'second-zone']);
    expect(aws.broken).toEqual([]);
    expect(aws.writers()).toEqual(['s2']);
    expect(done?.closed.steps).toHaveLength(11);
    expect(done?.closed.steps.find(({ step }) => step === 'promote')?.seconds).toBeGreaterThanOrEqual(30);
    const closed = JSON.parse(readFileSync(join(done?.folder ?? '', 'closed.json'), 'utf8'));
    expect(Object.keys(closed.sha256)).toHaveLength(11);
  });

  test('done again does nothing, and leaves no record', async () => {
    const [aws, folder] = [new ToyAws(), temporaryFolder()];
    await perform(aws, FAILOVER, folder);
    const before = aws.performed.length;
    expect(await perform(aws, FAILOVER, folder)).toBeUndefined();
    expect(aws.performed).toHaveLength(before);
    expect(readdirSync(folder)).toHaveLength(1);
  });

  test('of a primary that does not answer needs somebody who says so', async () => {
    const aws = new ToyAws();
    aws.site('primary').reachable = false;
    await expect(perform(aws, FAILOVER)).rejects.toThrow('s1 does not answer: it cannot be fenced');
    expect(aws.performed).toEqual([]);
    const done = await perform(aws, handover('failover', 'backup', { unreachable: true }));
    expect(done?.closed.accepted.unreachable).toBe(true);
    expect(aws.performed).not.toContain('reboot');
  });

  test('of a primary that answers is not taken for one that is lost', async () => {
    const aws = new ToyAws();
    await expect(perform(aws, handover('failover', 'backup', { unreachable: true }))).rejects.toThrow('s1 answers, so it can be fenced');
  });
});

describe('the way back', () => {
  test('rebuild, failback, rebuild: all is as it was', async () => {
    const aws = new ToyAws();
    const [ingress, services] = [aws.site('backup').ingress.length, structuredClone(aws.site('backup').services)];
    await perform(aws, FAILOVER);
    await perform(aws, REBUILD_PRIMARY);
    expect(aws.site('primary')).toMatchObject({ before: true, database: { copyOf: 'arn:of-the-other' } });
    await perform(aws, FAILBACK);
    expect(aws.writers()).toContain('s1');
    await perform(aws, REBUILD_BACKUP);
    expect(aws.writers()).toEqual(['s1']);
    expect(aws.site('backup').ingress).toHaveLength(ingress);
    expect(aws.site('backup').services).toEqual(services);
    expect(aws.checks.filter(({ held }) => held !== 'alarm')).toEqual([]);
    expect(aws.broken).toEqual([]);
  });

  test('a former database is never taken for a copy', async () => {
    const aws = new ToyAws();
    aws.site('primary').reachable = false;
    await perform(aws, handover('failover', 'backup', { unreachable: true }));
    aws.site('primary').reachable = true;
    await expect(perform(aws, FAILBACK)).rejects.toThrow('the database of s1 is of before the last handover');
    await perform(aws, REBUILD_PRIMARY);
    expect(aws.performed).toContain('set-aside');
  });

  test('a failover that was broken off before the promotion is undone by failback', async () => {
    const aws = new ToyAws();
    aws.dieAt = { change: aws.site('primary').services.length + 3, after: true };
    await expect(perform(aws, FAILOVER)).rejects.toThrow(Killed);
    aws.dieAt = undefined;
    await perform(aws, FAILBACK);
    expect(aws.site('primary').services.every(({ running }) => running > 0)).toBe(true);
    expect(aws.writers()).toEqual(['s1']);
  });

  test('nothing is rebuilt from a site that does not serve', async () => {
    await expect(perform(new ToyAws(), REBUILD_PRIMARY)).rejects.toThrow('s2 does not serve');
  });
});

describe('laws', () => {
  const deaths = fc.array(fc.record({ change: fc.nat(60), after: fc.boolean() }), { maxLength: 4 });

  test('killed anywhere and run again, it ends the same; the copy is never promoted before the other is fenced', async () => {
    await fc.assert(
      fc.asyncProperty(deaths, async list => {
        const [aws, folder] = [new ToyAws(), temporaryFolder()];
        for (const each of [FAILOVER, REBUILD_PRIMARY, FAILBACK, REBUILD_BACKUP]) await despite(list, aws, each, folder);
        expect(aws.broken).toEqual([]);
        expect(aws.writers()).toEqual(['s1']);
        expect(aws.checks.filter(({ held }) => held !== 'alarm')).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  test('a run that was killed goes on in its own record', async () => {
    const [aws, folder] = [new ToyAws(), temporaryFolder()];
    await despite(
      [
        { change: 2, after: true },
        { change: 5, after: false },
      ],
      aws,
      FAILOVER,
      folder,
    );
    expect(readdirSync(folder)).toHaveLength(1);
  });
});

async function despite(deaths: readonly { readonly change: number; readonly after: boolean }[], aws: ToyAws, of: Handover, folder: string) {
  for (const { change, after } of deaths) {
    aws.dieAt = { change: aws.performed.length + change, after };
    await perform(aws, of, folder).catch(error => {
      if (!(error instanceof Killed)) throw error;
    });
  }
  aws.dieAt = undefined;
  await perform(aws, of, folder);
}
