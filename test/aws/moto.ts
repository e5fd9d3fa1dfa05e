/** `moto_server`: a part of AWS on this machine, which deploys a part of CloudFormation for real. */

import { execFileSync, spawn } from 'node:child_process';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  paginateListStackResources,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import type { CloudResource, CloudTemplate } from '../../infra/aws/app.js';
import { ACCOUNT } from './deployments.js';
import { refusalBody, refusalOfQuery } from './refusals.js';

const NO_MOTO = "needs moto_server: pip install 'moto[server]'";

/** Why there is no moto; undefined when there is. */
export function motoMissing(): string | undefined {
  try {
    execFileSync('moto_server', ['--help'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return NO_MOTO;
  }
}

export interface Moto {
  readonly endpoint: string;
  stop(): void;
}

/** Credentials of nobody's: moto takes any. */
export async function startMoto(): Promise<Moto> {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'nobody', AWS_SECRET_ACCESS_KEY: 'nothing', AWS_EC2_METADATA_DISABLED: 'true' });
  const port = await freePort();
  const server = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], {
    stdio: 'ignore',
    env: { ...process.env, MOTO_ACCOUNT_ID: ACCOUNT },
  });
  const moto = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 300; tries++) {
    if (
      await fetch(`${moto}/moto-api/`).then(
        ({ ok }) => ok,
        () => false,
      )
    ) {
      const door = await refusing(moto);
      const stop = () => {
        door.stop();
        server.kill();
      };
      return { endpoint: door.endpoint, stop };
    }
    await sleep(100);
  }
  server.kill();
  throw new Error('moto_server did not answer within 30 s');
}

/** What is in front of it: refuses what AWS refuses and moto takes, and passes on the rest. */
async function refusing(moto: string): Promise<Moto> {
  const server = createHttpServer(async (request, response) => {
    const body = await text(request);
    const refused = refusalOfQuery(body);
    if (refused !== undefined) return void response.writeHead(400).end(refusalBody(refused));
    const { connection: _, host: __, 'content-length': ___, 'transfer-encoding': ____, ...headers } = request.headers;
    const answer = await fetch(`${moto}${request.url}`, {
      method: request.method ?? 'GET',
      headers: headers as Record<string, string>,
      ...(body === '' ? {} : { body }),
    });
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' }).end(await answer.text());
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const stop = () => {
    server.close();
    server.closeAllConnections();
  };
  return { endpoint: `http://127.0.0.1:${port}`, stop };
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });

/** What moto 5.2 answers with an error where AWS does not, with the error; what needs them goes with them. */
export const REFUSED = {
  'AWS::IAM::Policy': 'a policy whose resource it ignores is "malformed"',
  'AWS::EC2::FlowLog': 'a transit gateway has none',
  'AWS::Lambda::Function': 'its code is in no bucket: assets are not published here',
  'AWS::ElasticLoadBalancingV2::Listener': 'every balancer is an application balancer, and TCP no protocol of those',
} as const satisfies Record<string, string>;

/** Properties that it fails over, because its groups are made in another region than it looks in; it keeps the resource without them. */
const WITHOUT: Readonly<Record<string, readonly string[]>> = {
  'AWS::RDS::DBInstance': ['DBParameterGroupName'],
};

/** Types that moto 5.2 passes over in silence: nothing comes about, and who reads an attribute of one is refused. */
export const IGNORED = [
  'AWS::APS::Workspace',
  'AWS::Backup::BackupPlan',
  'AWS::Backup::BackupSelection',
  'AWS::Backup::BackupVault',
  'AWS::Backup::RestoreTestingPlan',
  'AWS::Backup::RestoreTestingSelection',
  'AWS::CloudWatch::Alarm',
  'AWS::EC2::CustomerGateway',
  'AWS::EC2::TransitGatewayPeeringAttachment',
  'AWS::EC2::TransitGatewayRoute',
  'AWS::EC2::TransitGatewayRouteTable',
  'AWS::EC2::TransitGatewayRouteTableAssociation',
  'AWS::EC2::TransitGatewayRouteTablePropagation',
  'AWS::EC2::TransitGatewayVpcAttachment',
  'AWS::EC2::VPNConnection',
  'AWS::Route53Resolver::ResolverEndpoint',
  'AWS::S3::BucketPolicy',
  'AWS::SNS::TopicPolicy',
  'AWS::SecretsManager::Secret',
  'Custom::DefaultRouteTables',
] as const;

/** A template as moto takes it: without what it refuses, and without what needs that. */
export function forMoto(template: CloudTemplate): string {
  const all = Object.entries(template.Resources);
  const refused = all.filter(([, { Type }]) => Type in REFUSED).map(([id]) => id);
  const ignored = all.filter(([, { Type }]) => (IGNORED as readonly string[]).includes(Type)).map(([id]) => id);
  const gone = new Set(refused);
  const unknown = new Set<string>();
  const needs = (ids: Iterable<string>, how: string) => {
    for (const lost of ids)
      for (const [id, { Type, Properties = {} }] of all)
        if (new RegExp(`"(${how})":\\[?"${lost}"`).test(JSON.stringify(Properties)))
          (Type === 'AWS::SSM::Parameter' ? unknown : gone).add(id);
  };
  needs(ignored, 'Fn::GetAtt');
  // A set hands out what is added while it is walked.
  needs(gone, 'Ref|Fn::GetAtt');
  const { Outputs: _, ...rest } = template;
  const kept = all
    .filter(([id]) => !gone.has(id))
    .map(([id, resource]) => [id, unknown.has(id) ? withoutValue(resource) : adapted(resource)]);
  return JSON.stringify({ ...rest, Resources: Object.fromEntries(kept) });
}

/** Later stacks read the parameter of what moto does not make, too. */
const withoutValue = ({ Properties, ...parameter }: CloudResource): object => {
  const { Tags: _, ...kept } = Properties ?? {};
  return { ...parameter, Properties: { ...kept, Value: 'of-what-moto-does-not-make' } };
};

/** Of many types moto reads tags in another form than CloudFormation has them. */
function adapted({ DependsOn: _, ...resource }: CloudResource): object {
  const { Tags: __, SubnetMappings, ...kept } = resource.Properties ?? {};
  const properties: Record<string, unknown> = { ...kept };
  for (const name of WITHOUT[resource.Type] ?? []) delete properties[name];
  if (properties.SourceDBInstanceIdentifier !== undefined) delete properties.DBSubnetGroupName;
  if (resource.Type === 'AWS::EC2::TransitGateway') properties.Description ??= 'none';
  const subnets = (SubnetMappings as readonly { readonly SubnetId: unknown }[] | undefined)?.map(({ SubnetId }) => SubnetId);
  return { ...resource, Properties: { ...properties, ...(subnets === undefined ? {} : { Subnets: subnets }) } };
}

/** Stacks at a moto. */
export class Stacks {
  readonly #clients = new Map<string, CloudFormationClient>();
  constructor(readonly endpoint: string) {}

  #client(region: string): CloudFormationClient {
    const client = this.#clients.get(region) ?? new CloudFormationClient({ region, endpoint: this.endpoint, maxAttempts: 1 });
    this.#clients.set(region, client);
    return client;
  }

  async deploy(region: string, name: string, body: string): Promise<string> {
    const exists = (await this.status(region, name)) !== undefined;
    const command = { StackName: name, TemplateBody: body, Capabilities: ['CAPABILITY_NAMED_IAM' as const] };
    await this.#client(region).send(exists ? new UpdateStackCommand(command) : new CreateStackCommand(command));
    return (await this.status(region, name)) ?? 'absent';
  }

  async status(region: string, name: string): Promise<string | undefined> {
    const answer = await this.#client(region)
      .send(new DescribeStacksCommand({ StackName: name }))
      .catch(() => undefined);
    return answer?.Stacks?.[0]?.StackStatus;
  }

  /** Logical ids of what stands. */
  async resources(region: string, name: string): Promise<ReadonlySet<string>> {
    const ids: string[] = [];
    for await (const { StackResourceSummaries = [] } of paginateListStackResources({ client: this.#client(region) }, { StackName: name }))
      ids.push(...StackResourceSummaries.flatMap(({ LogicalResourceId }) => LogicalResourceId ?? []));
    return new Set(ids);
  }

  /** @returns why it still stands; undefined when it is gone */
  async destroy(region: string, name: string): Promise<string | undefined> {
    try {
      await this.#client(region).send(new DeleteStackCommand({ StackName: name }));
    } catch (error) {
      return String(error);
    }
    return this.status(region, name);
  }
}
