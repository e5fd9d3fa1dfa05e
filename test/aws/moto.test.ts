/** A real deployment of what moto supports: bootstrapped, deployed, changed, destroyed; then deployed again and handed over. */

import { execFileSync } from 'node:child_process';
import { CloudWatchClient, PutMetricAlarmCommand, PutMetricDataCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import {
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CloudTemplate, templatesOf } from '../../infra/aws/app.js';
import { type SiteOnAws, siteNames, systemNames } from '../../infra/aws/plan/names.js';
import { COMMANDS } from '../../infra/cli/commands.js';
import { run } from '../../infra/cli/run.js';
import type { Cloud } from '../../runbooks/handover/cloud.js';
import { performHandover, planHandover } from '../../runbooks/handover/engine.js';
import type { Handover, Verb } from '../../runbooks/handover/handover.js';
import { awsCloud } from '../../runbooks/handover/sdk/cloud.js';
import type { HealthCheck, SiteFacts } from '../../runbooks/handover/situation.js';
import { fakeWorld } from '../cli/world.js';
import { canTho } from '../site/cities.js';
import { skipUnless } from '../skips.js';
import { temporaryFolder } from '../temporary-folder.js';
import { ACCOUNT, deployed } from './deployments.js';
import { forMoto, IGNORED, type Moto, motoMissing, REFUSED, Stacks, startMoto } from './moto.js';

const deployment = deployed(canTho);
const { city, primary, backup } = deployment;
const regionOf = (stack: string) => (stack.startsWith(`${primary.prefix}-`) ? primary.region : backup.region);

/** The library's command has the template of what it needs in an account. */
function bootstrapTemplate(): string | undefined {
  try {
    return execFileSync('npx', ['--yes', 'aws-cdk@2.1148.1', 'bootstrap', '--show-template'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch {
    return undefined;
  }
}

const missing = motoMissing();
const bootstrap = missing === undefined ? bootstrapTemplate() : undefined;
const reason = missing ?? (bootstrap === undefined ? 'the npm registry cannot be reached' : undefined);

describe.skipIf(skipUnless('at a moto_server', reason))('at a moto_server', () => {
  let moto: Moto;
  let stacks: Stacks;
  const templates = new Map<string, CloudTemplate>();
  beforeAll(async () => {
    moto = await startMoto();
    stacks = new Stacks(moto.endpoint);
    for (const [name, template] of templatesOf(deployment)) templates.set(name, template);
  }, 120_000);
  afterAll(() => moto.stop());

  test('both regions are bootstrapped', async () => {
    for (const { region } of [primary, backup]) expect(await stacks.deploy(region, 'CDKToolkit', bootstrap ?? '')).toBe('CREATE_COMPLETE');
  });

  test('every stack comes up, in order; what moto does not make is reported', async () => {
    const absent = new Map<string, number>();
    for (const [name, template] of templates) {
      expect({ name, status: await stacks.deploy(regionOf(name), name, forMoto(template)) }).toEqual({ name, status: 'CREATE_COMPLETE' });
      const made = await stacks.resources(regionOf(name), name);
      for (const [id, { Type }] of Object.entries(template.Resources)) if (!made.has(id)) absent.set(Type, (absent.get(Type) ?? 0) + 1);
    }
    console.warn(`moto ignores: ${IGNORED.join(', ')}`);
    console.warn(
      `moto refuses: ${Object.entries(REFUSED)
        .map(([type, why]) => `${type} (${why})`)
        .join(', ')}`,
    );
    console.warn(
      `not made, of each type: ${[...absent]
        .map(([type, count]) => `${type} ${count}`)
        .toSorted()
        .join(', ')}`,
    );
    const known: readonly string[] = [...Object.keys(REFUSED), ...IGNORED];
    expect([...absent.keys()].filter(type => !known.includes(type))).toEqual([]);
  });

  test('a changed city is an update of its stacks', async () => {
    const changed = templatesOf(deployed(canTho, { posture: 'warm-standby' }));
    for (const [name, template] of changed)
      if (JSON.stringify(template) !== JSON.stringify(templates.get(name)))
        expect({ name, status: await stacks.deploy(regionOf(name), name, forMoto(template)) }).toEqual({ name, status: 'UPDATE_COMPLETE' });
  });

  test('and it goes, the last first; of the sites moto keeps the VPC', async () => {
    const kept: string[] = [];
    for (const name of [...templates.keys()].toReversed()) {
      const why = await stacks.destroy(regionOf(name), name);
      if (why !== undefined) kept.push(`${name}: ${why.replace(/vpc-\w+/, 'VPC')}`);
    }
    console.warn(`moto keeps ${kept.join('; ')}`);
    expect(kept.map(line => line.split(':')[0]).toSorted()).toEqual([primary, backup].map(({ prefix }) => `${prefix}-data`));
  });

  describe('a handover', () => {
    const of = (verb: Verb, to: SiteOnAws, accepted = {}): Handover => ({
      verb,
      city,
      from: to === primary ? backup : primary,
      to,
      unreachable: false,
      unfenced: false,
      serving: undefined,
      loss: true,
      ...accepted,
    });
    const { signal } = new AbortController();
    let skippedMs = 0;
    const nowMs = () => Date.now() + skippedMs;
    const skip = async (ms: number) => {
      skippedMs += ms;
    };
    const pace = { nowMs, sleep: skip, progress: () => {}, note: () => {} };
    const promoted = new Set<SiteOnAws>();
    let checks: readonly HealthCheck[] = [primary, backup].flatMap(place =>
      city.systems.map(system => ({
        id: `of-${systemNames(place, system).silentAlarm}`,
        alarm: systemNames(place, system).silentAlarm,
        region: place.region,
        held: 'alarm',
      })),
    );
    /** moto's databases stay copies when they are promoted, its tasks never run, and its health checks do not reach their alarm. */
    const cloudOf = (handover: Handover): Cloud => {
      const cloud = awsCloud(handover, { endpoint: moto.endpoint }, nowMs);
      const played = (site: SiteFacts, place: SiteOnAws): SiteFacts => ({
        ...site,
        database: site.database && promoted.has(place) ? { ...site.database, copyOf: undefined } : site.database,
        services: site.services?.map(service => ({ ...service, running: service.desired })),
      });
      return {
        look: async signal => {
          const { from, to, ...found } = await cloud.look(signal);
          return { ...found, checks, from: played(from, handover.from), to: played(to, handover.to) };
        },
        perform: async (change, signal) => {
          if (change.do === 'turn-names') {
            checks = checks.map(check => (check.id === change.check ? { ...check, held: change.hold } : check));
            return 'taken';
          }
          const taken = await cloud.perform(change, signal);
          const place = handover[change.at];
          if (change.do === 'promote') promoted.add(place);
          if (change.do === 'set-aside') promoted.delete(place);
          return taken;
        },
      };
    };
    const perform = (handover: Handover) =>
      performHandover(handover, cloudOf(handover), pace, {
        folder: temporaryFolder(),
        signal,
      });

    beforeAll(async () => {
      await fetch(`${moto.endpoint}/moto-api/reset`, { method: 'POST' });
      for (const { region } of [primary, backup]) await stacks.deploy(region, 'CDKToolkit', bootstrap ?? '');
      for (const [name, template] of templates) await stacks.deploy(regionOf(name), name, forMoto(template));
      await answering([primary, backup]);
    }, 60_000);

    test('is planned from what stands', async () => {
      const failover = of('failover', backup, { loss: false });
      const plan = await planHandover(failover, cloudOf(failover), signal);
      expect(plan.map(({ step, found }) => `${step}: ${found}`)).toMatchInlineSnapshot(`
        [
          "who-serves: s1 does",
          "stop-applications: edoc-axis has 2 tasks, documents has 2 tasks, portal has 3 tasks, one-stop has 3 tasks, civil-status has 2 tasks, video has 2 tasks, signatures has 2 tasks, warehouse has 2 tasks, specialised has 2 tasks, catalogue has 2 tasks",
          "close-doors: 1 rules admit clients",
          "end-sessions: clients may still be connected",
          "catch-up: not fenced yet",
          "promote: s1 is not fenced: two databases would take writes",
          "admit: they are admitted",
          "start-applications: edoc-axis has 0, documents has 0, portal has 0, one-stop has 0, civil-status has 0, video has 0, signatures has 0, warehouse has 0, specialised has 0, catalogue has 0",
          "turn-names: 20 health checks lead elsewhere, or may",
          "verify: the database does not take writes",
          "spread: in one",
        ]
      `);
    });

    test('the command says which site serves, and what it would do', async () => {
      const words = ['can-tho-2022', '--account', ACCOUNT, '--endpoint', moto.endpoint];
      const reported = fakeWorld();
      expect(await run(['aws', 'status', ...words], COMMANDS, reported.world)).toBe(0);
      expect(reported.written.stdout).toMatch(/s1 +ap-southeast-1 +yes +takes writes, available/);
      const planned = fakeWorld();
      expect(await run(['aws', 'failover', ...words], COMMANDS, planned.world)).toBe(0);
      expect(planned.written.stdout).toContain('nothing was changed; to do it: the same with --execute');
    });

    test('failover goes to its end, and has nothing to do the second time', async () => {
      const done = await perform(of('failover', backup));
      console.warn(`at moto, of ${done?.closed.seconds} s with skipped waits: ${JSON.stringify(done?.closed.steps)}`);
      expect(done?.closed.steps).toHaveLength(11);
      expect(await perform(of('failover', backup))).toBeUndefined();
    }, 60_000);

    test('rebuild keeps the former database; moto then looks for the subnets of the copy in the wrong region', async () => {
      await expect(perform(of('rebuild', backup))).rejects.toThrow('AWS refused: make a copy of the database of the other site');
      const after = await cloudOf(of('rebuild', backup)).look(signal);
      expect(after.from).toMatchObject({ database: null, before: true, ingress: [] });
    }, 60_000);
  });

  /** What moto does not do by itself: tasks that answer, alarms, a lag. */
  async function answering(places: readonly SiteOnAws[]): Promise<void> {
    for (const place of places) {
      const options = { region: place.region, endpoint: moto.endpoint };
      const [watch, balancers] = [new CloudWatchClient(options), new ElasticLoadBalancingV2Client(options)];
      for (const system of city.systems) {
        const { silentAlarm, targets } = systemNames(place, system);
        await watch.send(
          new PutMetricAlarmCommand({
            AlarmName: silentAlarm,
            ComparisonOperator: 'LessThanThreshold',
            EvaluationPeriods: 1,
            Threshold: 1,
            Namespace: 'AWS/NetworkELB',
            MetricName: 'HealthyHostCount',
            Period: 60,
            Statistic: 'Maximum',
          }),
        );
        await watch.send(new SetAlarmStateCommand({ AlarmName: silentAlarm, StateValue: 'OK', StateReason: 'test' }));
        const { TargetGroups = [] } = await balancers.send(new DescribeTargetGroupsCommand({ Names: [targets('tcp', system.port)] }));
        await balancers.send(
          new RegisterTargetsCommand({ TargetGroupArn: TargetGroups[0]?.TargetGroupArn, Targets: [{ Id: '10.0.0.1' }] }),
        );
      }
      await watch.send(
        new PutMetricDataCommand({
          Namespace: 'AWS/RDS',
          MetricData: [
            {
              MetricName: 'ReplicaLag',
              Dimensions: [{ Name: 'DBInstanceIdentifier', Value: siteNames(place).database }],
              Value: 1,
              Timestamp: new Date(),
            },
          ],
        }),
      );
    }
  }
});
