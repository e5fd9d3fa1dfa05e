/**
 * Handing a city over, on an AWS in memory: order, resumption, and what must never be.
 *
 * Over 300 lines: its cases and laws share one AWS in memory.
 */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { WorldError } from '../../../infra/city/problem.js';
import { isReached, performHandover, planHandover } from '../../../runbooks/handover/engine.js';
import type { Handover } from '../../../runbooks/handover/handover.js';
import { CONDITIONS } from '../../../runbooks/handover/statuses.js';
import { cases } from '../../nightly.js';
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
    const journal = readFileSync(join(done?.folder ?? '', 'journal.jsonl'), 'utf8')
      .trim()
      .split('\n');
    expect(JSON.parse(journal.at(-1) ?? '')).toMatchObject({ kind: 'closed', sequence: journal.length, steps: done?.closed.steps });
  });

  test('done again does nothing, and leaves no record', async () => {
    const [aws, folder] = [new ToyAws(), temporaryFolder()];
    await perform(aws, FAILOVER, folder);
    const before = aws.performed.length;
    expect(await perform(aws, FAILOVER, folder)).toBeUndefined();
    expect(aws.performed).toHaveLength(before);
    expect(readdirSync(folder)).toHaveLength(1);
  });

  test('of a primary that does not answer needs an operator who says so', async () => {
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

  test('what a rebuild makes has the settings of its stack: parameters, retention, growth, zones, windows', async () => {
    const aws = new ToyAws();
    const before = new Map(aws.sites);
    const stacks = new Map([...before].map(([place, { database }]) => [place, structuredClone(database?.settings)]));
    for (const each of [FAILOVER, REBUILD_PRIMARY, FAILBACK, REBUILD_BACKUP]) await perform(aws, each);
    for (const [place, { database }] of aws.sites)
      expect(database).toMatchObject({ settings: stacks.get(place), parameters: 'in-sync', status: 'available' });
  });

  test('a copy that was lost is made again without a former one beside it', async () => {
    const aws = new ToyAws();
    aws.site('backup').database = null;
    await expect(perform(aws, REBUILD_BACKUP)).resolves.toBeDefined();
    expect(aws.site('backup')).toMatchObject({ before: false, database: { copyOf: 'arn:of-the-other' } });
  });

  test('a former database is never taken for a copy', async () => {
    const aws = new ToyAws();
    aws.site('primary').reachable = false;
    await perform(aws, handover('failover', 'backup', { unreachable: true }));
    aws.site('primary').reachable = true;
    await expect(perform(aws, FAILBACK)).rejects.toThrow('the database of s1 is a former one, from before the last handover');
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

describe('names', () => {
  test('never lead to a former database, whichever site falls silent', async () => {
    const aws = new ToyAws();
    await perform(aws, FAILOVER);
    expect(aws.leadsTo()).toBe('s2');
    for (const service of aws.site('backup').services) service.running = 0;
    expect(aws.leadsTo()).toBe('s2');
  });

  test('follow the alarms of both sites when no database of before is left', async () => {
    const aws = new ToyAws();
    await perform(aws, FAILOVER);
    await perform(aws, REBUILD_PRIMARY);
    expect(new Set(aws.checks.map(({ held }) => held))).toEqual(new Set(['alarm']));
    expect(aws.leadsTo()).toBe('s2');
  });

  test('that were turned by hand are turned back', async () => {
    const aws = new ToyAws();
    aws.checks = aws.checks.map(check => ({ ...check, held: undefined }));
    await perform(aws, FAILOVER);
    expect(aws.leadsTo()).toBe('s2');
  });
});

describe('a primary that is broken, and answers', () => {
  const broken = (status: string): ToyAws => {
    const aws = new ToyAws();
    const { database } = aws.site('primary');
    if (database !== null) database.status = status;
    return aws;
  };

  test.each(['stopped', 'inaccessible-encryption-credentials'])(
    '%s: no session is in it; what the copy lacks must be given up',
    async status => {
      const aws = broken(status);
      await expect(perform(aws, FAILOVER)).rejects.toThrow(`s1 is ${status}: nothing proves that the copy has everything`);
      await perform(aws, handover('failover', 'backup', { loss: true }));
      expect(aws.performed).not.toContain('reboot');
      expect(aws.broken).toEqual([]);
      expect(aws.writers()).toEqual(['s2']);
    },
  );

  test.each(['storage-full', 'incompatible-network', 'failed'])('%s: an operator must say who is in it', async status => {
    const aws = broken(status);
    await expect(perform(aws, handover('failover', 'backup', { loss: true }))).rejects.toThrow(
      `s1 cannot be fenced: its database is ${status}, and cannot be restarted`,
    );
    expect(aws.performed).not.toContain('promote');
    const done = await perform(aws, handover('failover', 'backup', { loss: true, unfenced: true }));
    expect(done?.closed.accepted.unfenced).toBe(true);
    expect(aws.writers()).toEqual(['s2']);
    await expect(perform(aws, REBUILD_PRIMARY)).rejects.toThrow('s1 cannot be fenced');
  });

  test.each(['storage-optimization', 'backing-up', 'configuring-log-exports'])('%s: is restarted all the same', async status => {
    const aws = broken(status);
    const { database } = aws.site('primary');
    aws.after(200_000, () => database !== null && database.status === status && Object.assign(database, { status: 'available' }));
    await perform(aws, FAILOVER);
    expect(aws.performed.filter(change => change === 'reboot')).toHaveLength(1);
    expect(aws.broken).toEqual([]);
  });

  test('what is accepted spares no restart that can be had', async () => {
    const aws = new ToyAws();
    await perform(aws, handover('failover', 'backup', { unfenced: true }));
    expect(aws.performed).toContain('reboot');
  });

  test('a copy that is broken leaves the primary alone', async () => {
    const aws = new ToyAws();
    Object.assign(aws.site('backup').database ?? {}, { status: 'storage-full' });
    await expect(perform(aws, FAILOVER)).rejects.toThrow('the copy is storage-full');
    expect(aws.performed).toEqual([]);
  });
});

describe('a copy that others promoted', () => {
  test('at first: two writers without a mark are decided by the operator', async () => {
    const aws = new ToyAws();
    aws.promoteByOthers('backup');
    for (const each of [FAILOVER, FAILBACK, REBUILD_PRIMARY, REBUILD_BACKUP])
      await expect(perform(aws, each)).rejects.toThrow(/who serves: both databases take writes, and no mark says which/);
    expect(aws.performed).toEqual([]);
    await perform(aws, handover('rebuild', 'backup', { serving: 'backup' }));
    expect(aws.site('primary')).toMatchObject({ before: true, database: { copyOf: 'arn:of-the-other' } });
    expect(aws.writers()).toEqual(['s2']);
  });

  test('at first: said to serve, it has the other one fenced and the names turned', async () => {
    const aws = new ToyAws();
    aws.promoteByOthers('backup');
    await perform(aws, handover('failover', 'backup', { serving: 'backup' }));
    expect(aws.site('primary')).toMatchObject({ ingress: [], connected: new Set() });
    expect(aws.leadsTo()).toBe('s2');
    await perform(aws, REBUILD_PRIMARY);
    expect(aws.writers()).toEqual(['s2']);
  });

  test('at first: what is said of the other one makes it no copy', async () => {
    const aws = new ToyAws();
    aws.promoteByOthers('backup');
    await expect(perform(aws, handover('failover', 'backup', { serving: 'primary' }))).rejects.toThrow(
      'the database of s2 is a former one, from before the last handover',
    );
    expect(aws.performed).toEqual(['mark']);
    await expect(perform(aws, FAILOVER)).rejects.toThrow('the database of s2 is a former one, from before the last handover');
    expect(aws.performed).toEqual(['mark']);
  });

  test('later: the mark of the other does not make it the former one', async () => {
    const aws = new ToyAws();
    await perform(aws, FAILOVER);
    aws.pass(60_000);
    await perform(aws, REBUILD_PRIMARY);
    aws.promoteByOthers('primary');
    await expect(perform(aws, REBUILD_PRIMARY)).rejects.toThrow('no mark says which');
    await perform(aws, handover('failback', 'primary', { serving: 'primary' }));
    expect(aws.site('backup').ingress).toEqual([]);
    expect(aws.leadsTo()).toBe('s1');
    await perform(aws, REBUILD_BACKUP);
    expect(aws.writers()).toEqual(['s1']);
  });

  test('is not served by a word against what marks say, nor by one about a copy', async () => {
    const aws = new ToyAws();
    await expect(perform(aws, handover('failover', 'backup', { serving: 'backup' }))).rejects.toThrow('who serves: s1 does');
    await perform(aws, FAILOVER);
    await expect(perform(aws, handover('rebuild', 'primary', { serving: 'primary' }))).rejects.toThrow('who serves: s2 does');
  });

  test('while the primary is lost: its word is that of the operator who says that it is lost', async () => {
    const aws = new ToyAws();
    aws.promoteByOthers('backup');
    aws.site('primary').reachable = false;
    await perform(aws, handover('failover', 'backup', { unreachable: true }));
    aws.site('primary').reachable = true;
    await perform(aws, REBUILD_PRIMARY);
    expect(aws.writers()).toEqual(['s2']);
  });

  test('a database that was left does not take over again because the other one is lost', async () => {
    const aws = new ToyAws();
    for (const each of [FAILOVER, REBUILD_PRIMARY, FAILBACK]) await perform(aws, each);
    aws.site('primary').reachable = false;
    const lost = { unreachable: true } as const;
    await expect(perform(aws, handover('failover', 'backup', lost))).rejects.toThrow('who serves: a database does not answer');
    await perform(aws, handover('failover', 'backup', { ...lost, serving: 'backup' }));
    Object.assign(aws.site('primary'), { reachable: true, before: false });
    await perform(aws, REBUILD_PRIMARY);
    expect(aws.writers()).toEqual(['s2']);
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
      { numRuns: cases(40, 400) },
    );
  });

  const statuses = fc.constantFrom(...Object.keys(CONDITIONS), 'a-status-of-2031');

  test('whatever RDS says, and whenever it says another thing, no session writes on two timelines', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(1_500_000), statuses), { maxLength: 4 }),
        statuses,
        fc.boolean(),
        async (later, first, loss) => {
          const aws = new ToyAws();
          const say = (status: string) => Object.assign(aws.site('primary').database ?? {}, { status });
          say(first);
          for (const [ms, status] of later) aws.after(ms, () => say(status));
          await orLater(perform(aws, handover('failover', 'backup', { loss })));
          aws.pass(2_000_000);
          say('available');
          aws.pass(1_000);
          await perform(aws, FAILOVER);
          expect(aws.broken).toEqual([]);
          expect(aws.writers()).toEqual(['s2']);
        },
      ),
      { numRuns: cases(40, 400) },
    );
  });

  test('a run that was killed continues in its own record', async () => {
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

  test('what the operator accepts when the run is continued is in its record', async () => {
    const [aws, folder] = [new ToyAws(), temporaryFolder()];
    aws.dieAt = { change: 2, after: true };
    await expect(perform(aws, FAILOVER, folder)).rejects.toThrow(Killed);
    aws.dieAt = undefined;
    const done = await perform(aws, handover('failover', 'backup', { loss: true }), folder);
    expect(readFileSync(join(done?.folder ?? '', 'journal.jsonl'), 'utf8')).toMatch(/"kind":"continued","accepted":\{[^}]*"loss":true/);
    expect(readdirSync(folder)).toHaveLength(1);
  });

  test('a record that was changed from outside is set aside, and the run says so', async () => {
    const [aws, folder] = [new ToyAws(), temporaryFolder()];
    aws.dieAt = { change: 3, after: true };
    await expect(perform(aws, FAILOVER, folder)).rejects.toThrow(Killed);
    aws.dieAt = undefined;
    const path = join(folder, readdirSync(folder)[0] ?? '', 'journal.jsonl');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"step":"who-serves"', '"step":"unknown-step"'));
    const done = await perform(aws, FAILOVER, folder);
    expect(readdirSync(done?.folder ?? '').toSorted()).toEqual(['journal.damaged.jsonl', 'journal.jsonl']);
    expect(readFileSync(path, 'utf8')).toContain('"kind":"damaged"');
  });
});

const orLater = (done: Promise<unknown>): Promise<unknown> =>
  done.catch(error => {
    if (!(error instanceof WorldError)) throw error;
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
