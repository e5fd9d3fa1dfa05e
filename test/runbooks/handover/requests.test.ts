/** What the SDK sends for every change, to a server that takes it down: action, region, and what it is about. */

import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { databaseSettings } from '../../../infra/aws/plan/database.js';
import { WorldError } from '../../../infra/city/problem.js';
import { COMMANDS } from '../../../infra/cli/commands.js';
import { run } from '../../../infra/cli/run.js';
import type { Change } from '../../../runbooks/handover/change.js';
import { awsCloud, PATIENCE, type Patience } from '../../../runbooks/handover/sdk/cloud.js';
import { refusalBody, refusalOfQuery } from '../../aws/refusals.js';
import { fakeWorld } from '../../cli/world.js';
import { NIGHTLY } from '../../nightly.js';
import { handover } from './toy-aws.js';

const sent: string[] = [];
let answer: { readonly status: number; readonly body: (action: string, region: string) => string } | undefined;
/** Takes connections for it, and never says a word. */
let lost: string | undefined;
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { action, region, words } = taken(request, Buffer.concat(chunks).toString());
  sent.push(words);
  if (region === lost) return;
  const refused = refusalOfQuery(Buffer.concat(chunks).toString());
  if (refused !== undefined) {
    response.statusCode = 400;
    response.end(refusalBody(refused));
    return;
  }
  response.statusCode = answer?.status ?? 200;
  response.end(answer?.body(action, region) ?? well(action));
});
let endpoint = '';

beforeAll(async () => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'nobody', AWS_SECRET_ACCESS_KEY: 'nothing', AWS_EC2_METADATA_DISABLED: 'true' });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});
beforeEach(() => {
  sent.length = 0;
  answer = undefined;
  lost = undefined;
});

/** An empty answer in the form of the service. */
const well = (action: string): string => {
  if (/^(AmazonEC2ContainerService|GraniteService)/.test(action)) return '{}';
  if (action.startsWith('/')) return '<UpdateHealthCheckResponse><HealthCheck><Id>hc</Id></HealthCheck></UpdateHealthCheckResponse>';
  return `<${action}Response><${action}Result/></${action}Response>`;
};

/** Of a query its parameters, of JSON and XML the text; never what differs from run to run. */
function taken({ headers, url = '' }: IncomingMessage, body: string) {
  const [, region = '', service = ''] = /Credential=[^/]+\/\d+\/([^/]+)\/([^/]+)/.exec(String(headers.authorization)) ?? [];
  const target = headers['x-amz-target'];
  const query = target === undefined && !body.startsWith('<') ? new URLSearchParams(body) : undefined;
  const action = query?.get('Action') ?? String(target ?? url);
  for (const name of ['Action', 'Version']) query?.delete(name);
  // Signed anew each time; what counts is for which region.
  const signed = query?.get('PreSignedUrl');
  if (signed) query?.set('PreSignedUrl', `for ${/Credential=[^%]+%2F\d+%2F([^%]+)/.exec(signed)?.[1]}`);
  const about = query === undefined ? body.replace(/<\?xml.*?\?>/, '') : [...query].map(pair => pair.join('=')).join(' ');
  return { action, region, words: `${service} ${region} ${action.replace(/^.*\./, '')}: ${about}` };
}

const signal = new AbortController().signal;
const FAILOVER = handover('failover', 'backup');
const primary = FAILOVER.from;
const cloud = (patience?: Patience) => awsCloud(FAILOVER, { endpoint }, () => Date.parse('2026-11-25T08:00:00Z'), patience);
const rule = { id: 'sgr-1', group: 'sg-1', cidr: '10.104.20.0/22', protocol: 'tcp', from: 5432, to: 5432 };

const CHANGES = [
  { do: 'scale', at: 'from', system: FAILOVER.city.systems[0]?.key ?? '', tasks: 0 },
  { do: 'close', at: 'from', rules: [rule, { ...rule, id: 'sgr-2' }] },
  { do: 'reboot', at: 'from' },
  { do: 'mark', at: 'from', mark: 'fenced-since', atMs: Date.parse('2026-11-25T08:00:00Z') },
  { do: 'unmark', at: 'from', mark: 'restart-asked' },
  { do: 'promote', at: 'to' },
  { do: 'open', at: 'to', group: 'sg-2', rules: [{ ...rule, protocol: 'tcp', why: 'applications' }] },
  { do: 'turn-names', check: 'hc', alarm: 'a', hold: 'away' },
  { do: 'turn-names', check: 'hc', alarm: 'a', hold: 'here' },
  { do: 'turn-names', check: 'hc', alarm: 'a', hold: 'alarm' },
  { do: 'second-zone', at: 'to' },
  { do: 'set-aside', at: 'from' },
  { do: 'copy', at: 'from', group: 'sg-1' },
  { do: 'settle', at: 'from', settings: databaseSettings(FAILOVER.city, FAILOVER.from) },
  { do: 'settle', at: 'from', settings: { retentionDays: 14 } },
] as const satisfies readonly Change[];

test('every change is one request of the right kind, to the right region', async () => {
  for (const change of CHANGES) await cloud().perform(change, signal);
  expect(sent).toMatchInlineSnapshot(`
    [
      "ecs ap-southeast-1 UpdateService: {"service":"can-tho-s1-portal","cluster":"can-tho-s1","desiredCount":0}",
      "ec2 ap-southeast-1 RevokeSecurityGroupIngress: GroupId=sg-1 SecurityGroupRuleId.1=sgr-1 SecurityGroupRuleId.2=sgr-2",
      "rds ap-southeast-1 RebootDBInstance: DBInstanceIdentifier=can-tho-s1-database",
      "rds ap-southeast-1 AddTagsToResource: ResourceName=arn:aws:rds:ap-southeast-1:111122223333:db:can-tho-s1-database Tags.Tag.1.Key=citydc:fenced-since Tags.Tag.1.Value=2026-11-25T08:00:00.000Z",
      "rds ap-southeast-1 RemoveTagsFromResource: ResourceName=arn:aws:rds:ap-southeast-1:111122223333:db:can-tho-s1-database TagKeys.member.1=citydc:restart-asked",
      "rds ap-southeast-7 PromoteReadReplica: DBInstanceIdentifier=can-tho-s2-database BackupRetentionPeriod=14",
      "ec2 ap-southeast-7 AuthorizeSecurityGroupIngress: GroupId=sg-2 IpPermissions.1.IpProtocol=tcp IpPermissions.1.FromPort=5432 IpPermissions.1.ToPort=5432 IpPermissions.1.IpRanges.1.Description=applications IpPermissions.1.IpRanges.1.CidrIp=10.104.20.0/22",
      "route53 us-east-1 /2013-04-01/healthcheck/hc: <UpdateHealthCheckRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><Inverted>true</Inverted><Disabled>true</Disabled></UpdateHealthCheckRequest>",
      "route53 us-east-1 /2013-04-01/healthcheck/hc: <UpdateHealthCheckRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><Inverted>false</Inverted><Disabled>true</Disabled></UpdateHealthCheckRequest>",
      "route53 us-east-1 /2013-04-01/healthcheck/hc: <UpdateHealthCheckRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><Inverted>false</Inverted><Disabled>false</Disabled></UpdateHealthCheckRequest>",
      "rds ap-southeast-7 ModifyDBInstance: DBInstanceIdentifier=can-tho-s2-database ApplyImmediately=true MultiAZ=true",
      "rds ap-southeast-1 ModifyDBInstance: DBInstanceIdentifier=can-tho-s1-database ApplyImmediately=true NewDBInstanceIdentifier=can-tho-s1-database-before",
      "rds ap-southeast-1 CreateDBInstanceReadReplica: DBInstanceIdentifier=can-tho-s1-database SourceDBInstanceIdentifier=arn:aws:rds:ap-southeast-7:111122223333:db:can-tho-s2-database DBInstanceClass=db.r7g.large AutoMinorVersionUpgrade=true PubliclyAccessible=false Tags.Tag.1.Key=owner Tags.Tag.1.Value=operator of the data centre to be named Tags.Tag.2.Key=tier Tags.Tag.2.Value=critical Tags.Tag.3.Key=backup Tags.Tag.3.Value=daily DBSubnetGroupName=can-tho-s1-database VpcSecurityGroupIds.VpcSecurityGroupId.1=sg-1 CopyTagsToSnapshot=true MonitoringInterval=60 MonitoringRoleArn=arn:aws:iam::111122223333:role/can-tho-s1-database-monitoring KmsKeyId=arn:aws:kms:ap-southeast-1:111122223333:alias/can-tho-s1 PreSignedUrl=for ap-southeast-7 EnableIAMDatabaseAuthentication=true EnablePerformanceInsights=true PerformanceInsightsKMSKeyId=arn:aws:kms:ap-southeast-1:111122223333:alias/can-tho-s1 EnableCloudwatchLogsExports.member.1=postgresql EnableCloudwatchLogsExports.member.2=upgrade DeletionProtection=false",
      "rds ap-southeast-1 ModifyDBInstance: DBInstanceIdentifier=can-tho-s1-database ApplyImmediately=true DBParameterGroupName=can-tho-s1-database BackupRetentionPeriod=14 PreferredBackupWindow=19:30-20:00 PreferredMaintenanceWindow=sat:20:30-sat:21:00 MultiAZ=true MaxAllocatedStorage=1600",
      "rds ap-southeast-1 ModifyDBInstance: DBInstanceIdentifier=can-tho-s1-database ApplyImmediately=true BackupRetentionPeriod=14",
    ]
  `);
});

test('a refusal says so, and is never taken for a region that does not answer', async () => {
  answer = {
    status: 403,
    body: () => '<ErrorResponse><Error><Code>AccessDenied</Code><Message>not yours</Message></Error></ErrorResponse>',
  };
  await expect(cloud().perform({ do: 'promote', at: 'to' }, signal)).rejects.toThrow('AWS refused: promote the copy');
  await expect(cloud().look(signal)).rejects.toThrow(/AWS refused: /);
});

test('when neither site answers, it is rather the line of this machine', async () => {
  const nowhere = awsCloud(FAILOVER, { endpoint: 'http://127.0.0.1:1' }, () => 0);
  await expect(nowhere.look(signal)).rejects.toThrow('s2 (ap-southeast-7) does not answer');
}, 60_000);

test('a region that takes connections and says nothing costs one look its time, and those that follow a part of it', async () => {
  lost = primary.region;
  // Whole seconds of silence are waited for at night only.
  const aws = cloud(NIGHTLY ? PATIENCE : { lookMs: 1000, lookAgainMs: 1 });
  const [first, firstMs] = await timed(() => aws.look(signal));
  expect(new Set(Object.values(first.from))).toEqual(new Set([undefined]));
  expect(first.to).toMatchObject({ database: null, before: false, ingress: [] });
  const [second, secondMs] = await timed(() => aws.look(signal));
  expect(second).toEqual(first);
  expect(secondMs).toBeLessThan(firstMs);
});

test('a look at a silent region costs ten seconds, and three each time after that, as the manual says', () =>
  expect(PATIENCE).toEqual({ lookMs: 10_000, lookAgainMs: 3000 }));

test('an interruption ends a request without an answer', async () => {
  lost = primary.region;
  const ctrlC = new AbortController();
  const asked = [cloud().look(ctrlC.signal), cloud().perform({ do: 'reboot', at: 'from' }, ctrlC.signal)];
  setTimeout(() => ctrlC.abort(new WorldError('interrupted')), 300);
  const [, ms] = await timed(() => Promise.allSettled(asked));
  for (const each of asked) await expect(each).rejects.toThrow('interrupted');
  expect(ms).toBeLessThan(3000);
});

test('a database that is busy is no refusal', async () => {
  answer = {
    status: 400,
    body: () => '<ErrorResponse><Error><Code>InvalidDBInstanceState</Code><Message>backing-up</Message></Error></ErrorResponse>',
  };
  expect(await cloud().perform({ do: 'reboot', at: 'from' }, signal)).toBe('not-yet');
});

test('a health check says one of three things, or something that no handover sets', async () => {
  const check = (number: number, flags: string) =>
    `<HealthCheck><Id>${number}</Id><HealthCheckConfig>${flags}<AlarmIdentifier><Name>${primary.prefix}-${number}</Name><Region>${primary.region}</Region></AlarmIdentifier></HealthCheckConfig></HealthCheck>`;
  const flags = [false, true].flatMap(disabled =>
    [false, true].map(inverted => `<Disabled>${disabled}</Disabled><Inverted>${inverted}</Inverted>`),
  );
  const list = `<ListHealthChecksResponse><HealthChecks>${flags.map((each, number) => check(number, each)).join('')}</HealthChecks></ListHealthChecksResponse>`;
  answer = { status: 200, body: action => (action.startsWith('/') ? list : well(action)) };
  expect((await cloud().look(signal)).checks?.map(({ held }) => held)).toEqual(['alarm', undefined, 'here', 'away']);
});

describe('the command', () => {
  const ask = async (...args: string[]) => {
    const { world, written } = fakeWorld();
    const code = await run(['aws', ...args, '--account', primary.account, '--endpoint', endpoint], COMMANDS, world);
    return { code, ...written };
  };
  /** Two databases that take writes, neither of which we have marked. */
  const twoWriters = (action: string): string =>
    action === 'DescribeDBInstances'
      ? '<DescribeDBInstancesResponse><DescribeDBInstancesResult><DBInstances><DBInstance><DBInstanceStatus>available</DBInstanceStatus><InstanceCreateTime>2026-11-01T00:00:00Z</InstanceCreateTime></DBInstance></DBInstances></DescribeDBInstancesResult></DescribeDBInstancesResponse>'
      : well(action);

  test.each(['status', 'failover', 'failback', 'rebuild'])('%s takes no word about a site that is not there', async verb => {
    const { code, stderr } = await ask(verb, '--serving', 's3');
    expect(stderr).toContain("there is no site 's3' on AWS");
    expect(code).toBe(2);
    expect(sent).toEqual([]);
  });

  test('status decides nothing by itself between two writers, and takes the operator at his word', async () => {
    answer = { status: 200, body: twoWriters };
    const reported = await ask('status');
    expect(reported.code).toBe(3);
    expect(reported.stderr).toContain('no mark says which took over last');
    expect(reported.stderr).toContain('--serving s1, or --serving s2');
    answer = { status: 200, body: (action, region) => (region === primary.region ? twoWriters(action) : well(action)) };
    expect((await ask('status')).code).toBe(0);
    expect((await ask('status', '--serving', 's2')).stderr).toContain('s1 serves, not s2');
    answer = { status: 200, body: twoWriters };
    const said = await ask('status', '--serving', 's2', '--json');
    expect(said.code).toBe(0);
    expect(JSON.parse(said.stdout).sites).toMatchObject([
      { site: 's1', serves: false },
      { site: 's2', serves: true },
    ]);
  });

  test('rebuild does not choose between two writers either; said, it plans the mark first', async () => {
    answer = { status: 200, body: twoWriters };
    expect((await ask('rebuild')).code).toBe(3);
    const { stdout } = await ask('rebuild', '--serving', 's1');
    expect(stdout).toMatch(/who serves .*tag writer-since/);
    expect(stdout).toContain('fence s2: applications');
  });
});

async function timed<T>(what: () => Promise<T>): Promise<readonly [T, number]> {
  const startedMs = performance.now();
  return [await what(), performance.now() - startedMs];
}
