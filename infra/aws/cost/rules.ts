/** What each type of resource is billed for. A type without a rule is refused, so that none is forgotten. */

import type { CloudResource } from '../app.js';
import type { PriceName, Prices } from './prices.js';

/** A quantity a month of something that has a price; hours of a database are priced by its class. */
export type Item = { readonly price: PriceName; readonly quantity: number } | { readonly database: string; readonly quantity: number };

/** What a rule may know besides the resource. */
export interface PricingContext {
  /** A resource of the same stack, by its logical id. */
  resource(id: string): CloudResource | undefined;
  readonly usage: Prices['usage'];
  /** Of the database that writes; its copy does not say its own. */
  readonly databaseGib: number;
  /** Between the offices and the systems, both ways, GiB a month; 0 at the site that does not serve. */
  readonly trafficGib: number;
  /** Samples that a site keeps, millions a month. */
  readonly millionSamples: number;
}

/** Why a type is free, or the function of its billed items. */
type Rule = { readonly free: string } | ((properties: Properties, context: PricingContext) => readonly Item[]);
type Properties = Readonly<Record<string, unknown>>;

/** Hours in a month, as AWS bills it. */
export const HOURS = 730;

const hours = (price: PriceName, count = 1): Item => ({ price, quantity: count * HOURS });
const monthly = (price: PriceName, quantity = 1): Item => ({ price, quantity });
const lengthOf = (value: unknown): number => (Array.isArray(value) ? value.length : 0);

const NO_CHARGE = { free: 'AWS takes nothing for it' } as const;
const PART = { free: 'billed with what it is part of' } as const;

/** The rule of each type of resource. */
export const RULES: Readonly<Record<string, Rule>> = {
  'AWS::APS::Workspace': (_, { millionSamples }) => [monthly('million-samples', millionSamples)],
  'AWS::Backup::BackupPlan': PART,
  'AWS::Backup::BackupSelection': PART,
  'AWS::Backup::BackupVault': (_, { usage, databaseGib }) => [
    monthly('database-backup-gib-month', usage.backupsOfEach * databaseGib),
    monthly('records-backup-gib-month', usage.backupsOfEach * usage.recordsGib),
  ],
  'AWS::Backup::RestoreTestingPlan': { free: 'what it restores lives for hours, a week' },
  'AWS::Backup::RestoreTestingSelection': PART,
  'AWS::CloudWatch::Alarm': () => [monthly('alarm-month')],
  'AWS::DirectConnect::DirectConnectGateway': NO_CHARGE,
  'AWS::DirectConnect::DirectConnectGatewayAssociation': () => [hours('transit-attachment-hour')],
  'AWS::DirectConnect::TransitVirtualInterface': { free: 'the port is billed to the owner of the circuit' },
  'AWS::EC2::CustomerGateway': NO_CHARGE,
  'AWS::EC2::FlowLog': PART,
  'AWS::EC2::Route': NO_CHARGE,
  'AWS::EC2::RouteTable': NO_CHARGE,
  'AWS::EC2::SecurityGroup': NO_CHARGE,
  'AWS::EC2::SecurityGroupEgress': NO_CHARGE,
  'AWS::EC2::SecurityGroupIngress': NO_CHARGE,
  'AWS::EC2::Subnet': NO_CHARGE,
  'AWS::EC2::SubnetRouteTableAssociation': NO_CHARGE,
  'AWS::EC2::TransitGateway': NO_CHARGE,
  'AWS::EC2::TransitGatewayPeeringAttachment': (_, { usage }) => [
    hours('transit-attachment-hour'),
    monthly('region-to-region-gib', usage.changedDatabaseGib + usage.newRecordsGib),
  ],
  'AWS::EC2::TransitGatewayRoute': NO_CHARGE,
  'AWS::EC2::TransitGatewayRouteTable': NO_CHARGE,
  'AWS::EC2::TransitGatewayRouteTableAssociation': NO_CHARGE,
  'AWS::EC2::TransitGatewayRouteTablePropagation': NO_CHARGE,
  'AWS::EC2::TransitGatewayVpcAttachment': (_, { trafficGib }) => [hours('transit-attachment-hour'), monthly('transit-gib', trafficGib)],
  'AWS::EC2::VPC': NO_CHARGE,
  'AWS::EC2::VPCEndpoint': ({ VpcEndpointType, ServiceName, SubnetIds }, { usage }) => [
    ...(VpcEndpointType === 'Interface' ? [hours('endpoint-zone-hour', lengthOf(SubnetIds))] : []),
    // Of all traffic through endpoints only that of records is considerable.
    ...(VpcEndpointType === 'Interface' && String(ServiceName).endsWith('.s3') ? [monthly('endpoint-gib', usage.newRecordsGib)] : []),
  ],
  // Its key is stored in Secrets Manager.
  'AWS::EC2::VPNConnection': () => [hours('vpn-hour'), hours('transit-attachment-hour'), monthly('secret-month')],
  'AWS::ECS::Cluster': NO_CHARGE,
  'AWS::ECS::Service': tasks,
  'AWS::ECS::TaskDefinition': PART,
  'AWS::ElasticLoadBalancingV2::Listener': PART,
  'AWS::ElasticLoadBalancingV2::LoadBalancer': (_, { usage }) => [hours('balancer-hour'), hours('balancer-unit-hour', usage.balancerUnits)],
  'AWS::ElasticLoadBalancingV2::TargetGroup': PART,
  'AWS::IAM::ManagedPolicy': NO_CHARGE,
  'AWS::IAM::Policy': NO_CHARGE,
  'AWS::IAM::Role': NO_CHARGE,
  'AWS::KMS::Alias': NO_CHARGE,
  'AWS::KMS::Key': () => [monthly('key-month')],
  'AWS::Lambda::Function': { free: 'called when the stack is deployed, and never else' },
  'AWS::Logs::LogGroup': PART,
  'AWS::RDS::DBInstance': database,
  'AWS::RDS::DBParameterGroup': NO_CHARGE,
  'AWS::RDS::DBSubnetGroup': NO_CHARGE,
  'AWS::Route53::HealthCheck': () => [monthly('health-check-month')],
  'AWS::Route53::HostedZone': () => [monthly('zone-month')],
  'AWS::Route53::RecordSet': { free: 'queries from the city’s own networks to a private zone cost fractions of a dollar' },
  'AWS::Route53Resolver::ResolverEndpoint': ({ IpAddresses }) => [hours('resolver-address-hour', lengthOf(IpAddresses))],
  'AWS::S3::Bucket': ({ BucketName }, { usage }) =>
    // Records in the one, in the other what AWS itself writes of the site.
    String(BucketName).includes('-records-') ? [monthly('records-gib-month', usage.recordsGib)] : [monthly('log-gib', usage.logsGib)],
  'AWS::S3::BucketPolicy': NO_CHARGE,
  'AWS::SNS::Subscription': { free: 'a few letters a month' },
  'AWS::SNS::Topic': { free: 'a few notices a month' },
  'AWS::SNS::TopicPolicy': NO_CHARGE,
  'AWS::SSM::Parameter': NO_CHARGE,
  // Each region has its copy.
  'AWS::SecretsManager::Secret': ({ ReplicaRegions }) => [monthly('secret-month', 1 + lengthOf(ReplicaRegions))],
  'Custom::DefaultRouteTables': PART,
};

function tasks({ DesiredCount, TaskDefinition }: Properties, { resource }: PricingContext): readonly Item[] {
  const { Ref } = (TaskDefinition ?? {}) as { readonly Ref?: string };
  const { Cpu, Memory } = resource(Ref ?? '')?.Properties ?? {};
  const count = Number(DesiredCount);
  return [hours('fargate-vcpu-hour', (count * Number(Cpu)) / 1024), hours('fargate-gib-hour', (count * Number(Memory)) / 1024)];
}

/** In two zones a database is billed twice, with its disk. A copy has the size of its source. */
function database({ DBInstanceClass, MultiAZ, AllocatedStorage }: Properties, { databaseGib }: PricingContext): readonly Item[] {
  const instances = MultiAZ === true ? 2 : 1;
  const gib = AllocatedStorage === undefined ? databaseGib : Number(AllocatedStorage);
  return [{ database: String(DBInstanceClass), quantity: instances * HOURS }, monthly('database-gib-month', instances * gib)];
}
