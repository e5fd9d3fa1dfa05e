import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnDBInstance, CfnDBParameterGroup, CfnDBSubnetGroup } from 'aws-cdk-lib/aws-rds';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { DatabaseSettings, databaseTraits } from '../plan/database.js';
import { acknowledge } from '../policy/acknowledge.js';
import { type PasswordReplica, password } from './password.js';

/** The version of the lab's image; AWS installs later minor versions in the maintenance window. */
const VERSION = '15.15';
const FAMILY = 'postgres15';
/** The database to connect to when those of systems are created; it is empty. */
export const MAINTENANCE_DATABASE = 'city';
/** The user that creates the systems' databases and has all rights in them; no application has its password. */
export const OWNER = 'citydc';

interface DatabaseProps {
  readonly traits: ReturnType<typeof databaseTraits>;
  readonly settings: DatabaseSettings;
  readonly subnetIds: readonly string[];
  readonly groupId: string;
  readonly key: IKey;
}

export interface PrimaryDatabaseProps extends DatabaseProps {
  readonly storageGib: number;
  readonly secretName: string;
  /** Where the password is copied to. */
  readonly replica: PasswordReplica;
}

/** The database that writes, in two zones, with its password copied to the other region. */
export class PrimaryDatabase extends Construct {
  readonly instance: CfnDBInstance;
  readonly secret: Secret;

  constructor(scope: Construct, id: string, props: PrimaryDatabaseProps) {
    super(scope, id);
    const { storageGib, secretName, replica, key } = props;
    this.secret = password(this, 'Secret', { name: secretName, username: OWNER, key, replica });
    this.instance = new CfnDBInstance(this, 'Instance', {
      ...shared(this, props),
      engineVersion: VERSION,
      allocatedStorage: String(storageGib),
      storageType: 'gp3',
      storageEncrypted: true,
      kmsKeyId: key.keyArn,
      dbName: MAINTENANCE_DATABASE,
      masterUsername: OWNER,
      masterUserPassword: this.secret.secretValueFromJson('password').unsafeUnwrap(),
    });
    kept(this.instance);
  }
}

export interface ReplicaDatabaseProps extends DatabaseProps {
  readonly sourceArn: string;
  readonly sourceRegion: string;
}

/** The copy in the other region: asynchronous, readable, ready to be promoted. */
export class ReplicaDatabase extends Construct {
  readonly instance: CfnDBInstance;

  constructor(scope: Construct, id: string, props: ReplicaDatabaseProps) {
    super(scope, id);
    this.instance = new CfnDBInstance(this, 'Instance', {
      ...shared(this, props),
      // By ARN and region, as the resource itself has it: the replica of the library gives it an ARN in its own region. Encryption comes
      // with the source and must not be stated, the key of this region must.
      sourceDbInstanceIdentifier: props.sourceArn,
      sourceRegion: props.sourceRegion,
      kmsKeyId: props.key.keyArn,
    });
    acknowledge(
      this,
      'a copy from another region is encrypted as its source is, and AWS refuses the statement',
      'AwsSolutions-RDS2',
      'NIST.800.53.R5-RDSStorageEncrypted',
      'F3003',
    );
    if (!props.settings.twoZones)
      acknowledge(
        this,
        'a pilot light: the copy is in one zone until it is promoted',
        'AwsSolutions-RDS3',
        'NIST.800.53.R5-RDSMultiAZSupport',
      );
    // cfn-lint wants a key and the statement together; for a copy from another region AWS refuses the statement.
    this.instance.cfnOptions.metadata = { 'cfn-lint': { config: { ignore_checks: ['E3720'] } } };
    kept(this.instance);
  }
}

function shared(scope: Construct, { traits, settings, subnetIds, groupId, key }: DatabaseProps) {
  const subnets = new CfnDBSubnetGroup(scope, 'Subnets', {
    dbSubnetGroupName: traits.subnetGroup,
    dbSubnetGroupDescription: 'data subnets',
    subnetIds: [...subnetIds],
  });
  const parameters = new CfnDBParameterGroup(scope, 'Parameters', {
    dbParameterGroupName: settings.parameterGroup,
    family: FAMILY,
    description: 'TLS only; who connects is logged',
    parameters: { 'rds.force_ssl': '1', log_connections: '1', log_disconnections: '1', log_min_duration_statement: '1000' },
  });
  acknowledge(scope, "the inventory's flows name the port; rules by address decide who may connect", 'AwsSolutions-RDS11');
  if (!traits.isProtected)
    acknowledge(scope, 'a trial: it is to be deleted again', 'AwsSolutions-RDS10', 'NIST.800.53.R5-RDSInstanceDeletionProtectionEnabled');
  acknowledge(scope, 'the backup plan selects it by its tag; the rule looks for its name', 'NIST.800.53.R5-RDSInBackupPlan');
  acknowledge(
    scope,
    'AWS maintains this policy for exactly this role',
    'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole]',
  );
  const role = new Role(scope, 'MonitoringRole', {
    roleName: traits.monitoringRole,
    assumedBy: new ServicePrincipal('monitoring.rds.amazonaws.com'),
    managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName('service-role/AmazonRDSEnhancedMonitoringRole')],
  });
  return {
    dbInstanceIdentifier: traits.identifier,
    dbInstanceClass: traits.instance,
    engine: 'postgres',
    dbSubnetGroupName: subnets.ref,
    dbParameterGroupName: parameters.ref,
    vpcSecurityGroups: [groupId],
    multiAz: settings.twoZones,
    maxAllocatedStorage: settings.mostStorageGib,
    preferredBackupWindow: settings.backupWindow,
    preferredMaintenanceWindow: settings.maintenanceWindow,
    publiclyAccessible: false,
    deletionProtection: traits.isProtected,
    deleteAutomatedBackups: false,
    backupRetentionPeriod: settings.retentionDays,
    copyTagsToSnapshot: true,
    autoMinorVersionUpgrade: true,
    allowMajorVersionUpgrade: false,
    enableIamDatabaseAuthentication: true,
    enableCloudwatchLogsExports: [...traits.logs],
    enablePerformanceInsights: true,
    performanceInsightsKmsKeyId: key.keyArn,
    monitoringInterval: traits.monitoringSeconds,
    monitoringRoleArn: role.roleArn,
  };
}

function kept(instance: CfnDBInstance): void {
  instance.applyRemovalPolicy(RemovalPolicy.SNAPSHOT);
}
