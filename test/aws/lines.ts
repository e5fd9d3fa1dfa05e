/** Templates as people read them: a line a resource, what matters of it, and a digest of all of it. */

import { createHash } from 'node:crypto';
import type { CloudTemplate } from '../../infra/aws/app.js';

interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/** At most five properties of a type; of others the first that are a plain value. */
const MATTERS: Readonly<Record<string, readonly string[]>> = {
  'AWS::APS::Workspace': ['Alias', 'KmsKeyArn'],
  'AWS::Backup::BackupPlan': ['BackupPlan'],
  'AWS::Backup::BackupSelection': ['BackupSelection'],
  'AWS::Backup::BackupVault': ['BackupVaultName', 'EncryptionKeyArn', 'LockConfiguration'],
  'AWS::CloudWatch::Alarm': ['AlarmName', 'MetricName', 'ComparisonOperator', 'Threshold', 'TreatMissingData'],
  'AWS::EC2::CustomerGateway': ['BgpAsnExtended', 'IpAddress'],
  'AWS::EC2::SecurityGroup': ['GroupName', 'SecurityGroupIngress', 'SecurityGroupEgress'],
  'AWS::EC2::Subnet': ['CidrBlock', 'AvailabilityZone', 'MapPublicIpOnLaunch'],
  'AWS::EC2::VPCEndpoint': ['ServiceName', 'VpcEndpointType', 'PrivateDnsEnabled'],
  'AWS::EC2::VPNConnection': ['CustomerGatewayId', 'TransitGatewayId', 'PreSharedKeyStorage', 'VpnTunnelOptionsSpecifications'],
  'AWS::ECS::Service': ['ServiceName', 'DesiredCount', 'TaskDefinition', 'DeploymentConfiguration'],
  'AWS::ECS::TaskDefinition': ['Family', 'Cpu', 'Memory', 'ContainerDefinitions'],
  'AWS::ElasticLoadBalancingV2::TargetGroup': ['Name', 'Protocol', 'Port', 'HealthCheckProtocol', 'HealthCheckPort'],
  'AWS::IAM::Policy': ['Roles', 'PolicyDocument'],
  'AWS::IAM::Role': ['AssumeRolePolicyDocument', 'ManagedPolicyArns'],
  'AWS::KMS::Key': ['EnableKeyRotation', 'KeyPolicy'],
  'AWS::Logs::LogGroup': ['LogGroupName', 'RetentionInDays', 'KmsKeyId'],
  'AWS::RDS::DBInstance': ['DBInstanceIdentifier', 'DBInstanceClass', 'MultiAZ', 'BackupRetentionPeriod', 'SourceDBInstanceIdentifier'],
  'AWS::Route53::HealthCheck': ['HealthCheckConfig'],
  'AWS::Route53::RecordSet': ['Name', 'Type', 'Failover', 'TTL', 'ResourceRecords'],
  'AWS::S3::Bucket': ['BucketName', 'VersioningConfiguration', 'ObjectLockConfiguration', 'PublicAccessBlockConfiguration'],
  'AWS::S3::BucketPolicy': ['Bucket', 'PolicyDocument'],
  'AWS::SSM::Parameter': ['Name', 'Value'],
  'AWS::SecretsManager::Secret': ['Name', 'KmsKeyId', 'ReplicaRegions'],
  'AWS::SNS::TopicPolicy': ['PolicyDocument'],
};
/** Of what a container is only these: its environment and its checks are long. */
const OF_CONTAINER = ['Name', 'Image', 'Command', 'PortMappings'] as const;
const FIRST = 5;

export const digest = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);

/** A stack's resources, a line each, by their logical ids. */
export const linesOf = ({ Resources }: CloudTemplate): string =>
  Object.entries(Resources as Readonly<Record<string, Resource>>)
    .map(([id, resource]) => [id, resource.Type, ...mattersOf(resource), digest(resource).slice(0, 8)].join('  '))
    .toSorted()
    .map(line => `${line}\n`)
    .join('');

function mattersOf({ Type, Properties = {} }: Resource): readonly string[] {
  const plain = Object.keys(Properties).filter(name => name !== 'Tags' && !Array.isArray(Properties[name]));
  const names = MATTERS[Type] ?? plain.slice(0, FIRST);
  return names.flatMap(name => (Properties[name] === undefined ? [] : [`${name}=${shown(Properties[name])}`]));
}

/** References by the name of what they are to, joined texts joined. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const [[key, of] = ['', undefined], ...others] = Object.entries(value);
  if (others.length === 0 && key === 'Ref') return `@${String(of).replace(/^SsmParameterValue(\w+)C96584B6\w+$/, '$1')}`;
  if (others.length === 0 && key === 'Fn::GetAtt') return `@${(of as readonly string[]).join('.')}`;
  if (others.length === 0 && key === 'Fn::Join')
    return (of as readonly [string, readonly unknown[]])[1].map(shown).join((of as [string])[0]);
  const container = 'PortMappings' in value || 'Image' in value;
  const kept = Object.entries(value).filter(([name]) => !container || (OF_CONTAINER as readonly string[]).includes(name));
  return `{${kept.map(([name, each]) => `${name}: ${shown(each)}`).join(', ')}}`;
}
