import {
  CfnFlowLog,
  CfnRouteTable,
  type CfnSecurityGroup,
  CfnSubnet,
  CfnSubnetRouteTableAssociation,
  CfnVPC,
  CfnVPCEndpoint,
} from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Fn, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { acknowledge } from '../policy/acknowledge.js';
import { logGroup } from './logs.js';
import { admittingGroup } from './security-group.js';

export interface SiteVpcProps<Segment extends string> {
  readonly name: string;
  readonly cidr: string;
  /** Each segment's subnets, one a zone in the order of the zones, CIDR. */
  readonly segments: Readonly<Record<Segment, readonly string[]>>;
  /** The segment of the interface endpoints of AWS's services. */
  readonly endpointSegment: Segment;
  readonly key: IKey;
}

/** AWS services that hosts call; there is no other way out. S3 is needed for images, too: the registry only says where they are. */
const SERVICES = ['ecr.api', 'ecr.dkr', 'logs', 'secretsmanager', 'aps-workspaces', 'sns', 'monitoring', 'kms'] as const;

/**
 * A network without any way to the Internet: subnets, a route table a segment, endpoints of AWS's services, flow logs.
 *
 * Route tables are empty at first: a segment reaches its own VPC, and what a later stack adds a route for.
 */
export class SiteVpc<Segment extends string> extends Construct {
  readonly vpc: CfnVPC;
  readonly subnets: Readonly<Record<Segment, readonly CfnSubnet[]>>;
  readonly routeTables: Readonly<Record<Segment, CfnRouteTable>>;

  constructor(scope: Construct, id: string, props: SiteVpcProps<Segment>) {
    super(scope, id);
    const { name, cidr, segments } = props;
    this.vpc = new CfnVPC(this, 'Vpc', { cidrBlock: cidr, enableDnsHostnames: true, enableDnsSupport: true, tags: [named(name)] });
    acknowledge(this.vpc, 'no interface is in the default group: each names its own', 'NIST.800.53.R5-VPCDefaultSecurityGroupClosed');
    const names = Object.keys(segments) as Segment[];
    this.routeTables = record(names, segment => this.#routeTable(segment, name));
    this.subnets = record(names, segment => segments[segment].map((block, zone) => this.#subnet(segment, zone, block, name)));
    this.#endpoints(props);
    this.#flowLog(name, props.key);
  }

  #routeTable(segment: Segment, name: string): CfnRouteTable {
    return new CfnRouteTable(this, `Routes-${segment}`, { vpcId: this.vpc.ref, tags: [named(`${name}-${segment}`)] });
  }

  #subnet(segment: Segment, zone: number, cidrBlock: string, name: string): CfnSubnet {
    const subnet = new CfnSubnet(this, `Subnet-${segment}-${zone}`, {
      vpcId: this.vpc.ref,
      cidrBlock,
      availabilityZone: Fn.select(zone, Fn.getAzs()),
      mapPublicIpOnLaunch: false,
      tags: [named(`${name}-${segment}-${zone}`)],
    });
    new CfnSubnetRouteTableAssociation(this, `Association-${segment}-${zone}`, {
      subnetId: subnet.ref,
      routeTableId: this.routeTables[segment].ref,
    });
    return subnet;
  }

  #endpoints({ name, cidr, endpointSegment, segments }: SiteVpcProps<Segment>): void {
    const { region } = Stack.of(this);
    const group = admittingGroup(this, 'EndpointGroup', {
      vpcId: this.vpc.ref,
      name: `${name}-endpoints`,
      description: 'doors to AWS services',
      admission: { ingress: [{ cidr, protocol: 'tcp', from: 443, to: 443, why: 'hosts of the site' }], egress: [] },
    });
    for (const service of SERVICES)
      new CfnVPCEndpoint(this, `Endpoint-${service}`, {
        vpcId: this.vpc.ref,
        serviceName: `com.amazonaws.${region}.${service}`,
        vpcEndpointType: 'Interface',
        privateDnsEnabled: true,
        subnetIds: this.subnets[endpointSegment].map(({ ref }) => ref),
        securityGroupIds: [group.ref],
      });
    this.#storage(region, group, endpointSegment, Object.keys(segments) as Segment[]);
  }

  /**
   * An interface endpoint for S3, at an address of the VPC, as for the other services: a gateway alone leads to AWS's own addresses, which
   * no security group here allows, and which are known by look-up only. AWS demands the gateway for the endpoint's private names.
   */
  #storage(region: string, group: CfnSecurityGroup, endpointSegment: Segment, segments: readonly Segment[]): void {
    const gateway = new CfnVPCEndpoint(this, 'Endpoint-s3', {
      vpcId: this.vpc.ref,
      serviceName: `com.amazonaws.${region}.s3`,
      vpcEndpointType: 'Gateway',
      routeTableIds: segments.map(segment => this.routeTables[segment].ref),
    });
    const endpoint = new CfnVPCEndpoint(this, 'Endpoint-s3-door', {
      vpcId: this.vpc.ref,
      serviceName: `com.amazonaws.${region}.s3`,
      vpcEndpointType: 'Interface',
      privateDnsEnabled: true,
      dnsOptions: { privateDnsOnlyForInboundResolverEndpoint: 'AllResolvers' },
      subnetIds: this.subnets[endpointSegment].map(({ ref }) => ref),
      securityGroupIds: [group.ref],
    });
    endpoint.addResourceDependency(gateway);
  }

  #flowLog(name: string, key: IKey): void {
    const group = logGroup(this, 'FlowLogs', `/${name}/flows`, key);
    const role = new Role(this, 'FlowLogRole', { assumedBy: new ServicePrincipal('vpc-flow-logs.amazonaws.com') });
    role.addToPolicy(
      new PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogStreams'],
        resources: [group.logGroupArn],
      }),
    );
    new CfnFlowLog(this, 'FlowLog', {
      resourceId: this.vpc.ref,
      resourceType: 'VPC',
      trafficType: 'ALL',
      logDestinationType: 'cloud-watch-logs',
      logGroupName: group.logGroupName,
      deliverLogsPermissionArn: role.roleArn,
    });
  }
}

const named = (value: string) => ({ key: 'Name', value });

const record = <K extends string, T>(keys: readonly K[], make: (key: K) => T): Readonly<Record<K, T>> =>
  Object.fromEntries(keys.map(key => [key, make(key)])) as Record<K, T>;
