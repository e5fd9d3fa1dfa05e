import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CfnBucket,
  type IBucket,
  ObjectLockRetention,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { acknowledge } from '../policy/acknowledge.js';

/**
 * How long an object is locked. In compliance mode no one changes or deletes it before; in governance mode a role with
 * s3:BypassGovernanceRetention does.
 */
const LOCK = Duration.days(30);
const LOCKS = { governance: ObjectLockRetention.governance(LOCK), compliance: ObjectLockRetention.compliance(LOCK) } as const;
const OLD_VERSIONS = Duration.days(365);

/** The bucket of the access logs of balancers and buckets. AWS delivers them to buckets with its own keys only. */
export function logsBucket(scope: Construct, id: string, bucketName: string): Bucket {
  const bucket = new Bucket(scope, id, {
    bucketName,
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: true,
    versioned: true,
    lifecycleRules: [{ expiration: Duration.days(400), noncurrentVersionExpiration: Duration.days(30) }],
    removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
  });
  bucket.addToResourcePolicy(logDelivery('s3:PutObject', `${bucket.bucketArn}/*`));
  bucket.addToResourcePolicy(logDelivery('s3:GetBucketAcl', bucket.bucketArn));
  acknowledge(
    bucket,
    'access logs of one site are of no use to the other; they are versioned and kept for thirteen months',
    'NIST.800.53.R5-S3BucketReplicationEnabled',
    'City-Backup',
    'City-Copy',
  );
  acknowledge(bucket, 'AWS delivers these logs to buckets with its own keys only', 'NIST.800.53.R5-S3DefaultEncryptionKMS');
  return bucket;
}

const logDelivery = (action: string, resource: string): PolicyStatement =>
  new PolicyStatement({ principals: [new ServicePrincipal('delivery.logs.amazonaws.com')], actions: [action], resources: [resource] });

export interface RecordsBucketProps {
  readonly bucketName: string;
  readonly key: IKey;
  readonly logs: Bucket;
  readonly lock: keyof typeof LOCKS;
  /** The bucket in the other region, by names: stacks of two regions must not need each other. */
  readonly replica?: { readonly bucketArn: string; readonly keyAliasArn: string; readonly account: string; readonly region: string };
}

/** A bucket whose objects are kept: versions, a lock of 30 days, and a copy in the other region. */
export class RecordsBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, { bucketName, key, logs, lock, replica }: RecordsBucketProps) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      bucketName,
      encryption: BucketEncryption.KMS,
      encryptionKey: key,
      bucketKeyEnabled: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      versioned: true,
      objectLockEnabled: true,
      objectLockDefaultRetention: LOCKS[lock],
      serverAccessLogsBucket: logs as IBucket, // its types do not know of exactOptionalPropertyTypes
      serverAccessLogsPrefix: `${bucketName}/`,
      lifecycleRules: [{ noncurrentVersionExpiration: OLD_VERSIONS, abortIncompleteMultipartUploadAfter: Duration.days(7) }],
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    if (replica === undefined)
      acknowledge(this, 'it is the copy, and in the daily plan of its own region', 'NIST.800.53.R5-S3BucketReplicationEnabled');
    else this.#replicate(key, replica);
  }

  /** Made together with the bucket, as objects from before the rule would not be copied. */
  #replicate(key: IKey, replica: NonNullable<RecordsBucketProps['replica']>): void {
    const role = new Role(this, 'ReplicationRole', { assumedBy: new ServicePrincipal('s3.amazonaws.com') });
    role.addToPolicy(allow(['s3:GetReplicationConfiguration', 's3:ListBucket'], this.bucket.bucketArn));
    role.addToPolicy(
      allow(
        [
          's3:GetObjectVersionForReplication',
          's3:GetObjectVersionAcl',
          's3:GetObjectVersionTagging',
          's3:GetObjectRetention',
          's3:GetObjectLegalHold',
        ],
        `${this.bucket.bucketArn}/*`,
      ),
    );
    role.addToPolicy(allow(['s3:ReplicateObject', 's3:ReplicateDelete', 's3:ReplicateTags'], `${replica.bucketArn}/*`));
    role.addToPolicy(allow(['kms:Decrypt'], key.keyArn));
    role.addToPolicy(
      new PolicyStatement({
        actions: ['kms:Encrypt', 'kms:GenerateDataKey'],
        resources: [`arn:aws:kms:${replica.region}:${replica.account}:key/*`],
        conditions: { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': replica.keyAliasArn.replace(/^.*:(alias\/)/, '$1') } },
      }),
    );
    const bucket = this.bucket.node.defaultChild as CfnBucket;
    acknowledge(
      role,
      'replication is of every object; the key in the other region is named by its alias, which no resource name can hold',
      `AwsSolutions-IAM5[Resource::<${Stack.of(this).getLogicalId(bucket)}.Arn>/*]`,
      `AwsSolutions-IAM5[Resource::${replica.bucketArn}/*]`,
      `AwsSolutions-IAM5[Resource::arn:aws:kms:${replica.region}:${replica.account}:key/*]`,
    );
    bucket.replicationConfiguration = {
      role: role.roleArn,
      rules: [
        {
          id: 'other-region',
          status: 'Enabled',
          priority: 1,
          filter: { prefix: '' },
          deleteMarkerReplication: { status: 'Enabled' },
          sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: 'Enabled' } },
          destination: {
            bucket: replica.bucketArn,
            encryptionConfiguration: { replicaKmsKeyId: replica.keyAliasArn },
            metrics: { status: 'Enabled', eventThreshold: { minutes: 15 } },
            replicationTime: { status: 'Enabled', time: { minutes: 15 } },
          },
        },
      ],
    };
  }
}

const allow = (actions: string[], ...resources: string[]): PolicyStatement =>
  new PolicyStatement({ effect: Effect.ALLOW, actions, resources });
