import {
  CfnBackupPlan,
  CfnBackupSelection,
  CfnBackupVault,
  CfnRestoreTestingPlan,
  CfnRestoreTestingSelection,
} from 'aws-cdk-lib/aws-backup';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { alarm } from '../constructs/alarm.js';
import { BACKUP_TAG, DAILY } from '../plan/tags.js';
import { acknowledge } from '../policy/acknowledge.js';

/** Days that a backup is kept in its own region, and as a copy in the other one. */
const KEPT_DAYS = 35;
const COPIED_DAYS = 365;
/** Limits of retention in a locked vault; after the grace period the lock cannot be removed, not even by AWS. */
const LOCK = { minRetentionDays: 30, maxRetentionDays: 3650, changeableForDays: 7 } as const;

/** A vault; locked, its backups cannot be deleted before their day. */
export function vault(scope: Construct, id: string, { name, key, locked }: VaultProps): void {
  const made = new CfnBackupVault(scope, id, {
    backupVaultName: name,
    encryptionKeyArn: key.keyArn,
    ...(locked ? { lockConfiguration: LOCK } : {}),
  });
  made.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
}

interface VaultProps {
  readonly name: string;
  readonly key: IKey;
  readonly locked: boolean;
}

export interface BackupsProps {
  readonly vaultName: string;
  readonly planName: string;
  readonly roleName: string;
  /** Name of the weekly test restore; undefined where none is made. */
  readonly restoreTestingName: string | undefined;
  readonly copyTo: string;
  /** The city's, in which the nightly window is. */
  readonly timeZone: string;
  readonly topicArn: string;
  readonly subnetGroup: string;
}

/**
 * The daily backup of everything in the region that has the tag, with a copy in the other region. Both regions have it: after a failover the
 * backup region's data must be copied, too.
 */
export class Backups extends Construct {
  constructor(scope: Construct, id: string, props: BackupsProps) {
    super(scope, id);
    const { vaultName, planName, roleName, copyTo, timeZone } = props;
    const role = backupRole(this, roleName);
    acknowledge(
      role,
      'AWS maintains these policies for exactly this role, and changes them with what it can back up',
      ...POLICIES.map(name => `AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/${name}]`),
    );
    const plan = new CfnBackupPlan(this, 'Plan', {
      backupPlan: {
        backupPlanName: planName,
        backupPlanRule: [
          {
            ruleName: DAILY,
            targetBackupVault: vaultName,
            scheduleExpression: 'cron(0 22 * * ? *)',
            scheduleExpressionTimezone: timeZone,
            startWindowMinutes: 60,
            completionWindowMinutes: 480,
            lifecycle: { deleteAfterDays: KEPT_DAYS },
            copyActions: [{ destinationBackupVaultArn: copyTo, lifecycle: { deleteAfterDays: COPIED_DAYS } }],
          },
        ],
      },
    });
    new CfnBackupSelection(this, 'Selection', {
      backupPlanId: plan.ref,
      backupSelection: {
        // A changed selection needs a new name: it cannot be changed, and the old one is deleted after the new one is made.
        selectionName: 'databases-and-records',
        iamRoleArn: role.roleArn,
        // By kind and tag: by tag alone the account's opt-in settings would say which kinds are taken.
        // See https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources-json.html
        resources: ['arn:aws:rds:*:*:db:*', 'arn:aws:s3:::*'],
        conditions: { StringEquals: [{ ConditionKey: `aws:ResourceTag/${BACKUP_TAG}`, ConditionValue: DAILY }] },
      },
    });
    if (props.restoreTestingName !== undefined) this.#restoreTesting(props, props.restoreTestingName, role);
    this.#failures(props);
  }

  #restoreTesting({ timeZone, subnetGroup, vaultName }: BackupsProps, restoreTestingName: string, role: Role): void {
    const { account, region } = Stack.of(this);
    const plan = new CfnRestoreTestingPlan(this, 'RestoreTesting', {
      restoreTestingPlanName: restoreTestingName,
      scheduleExpression: 'cron(0 2 ? * SUN *)',
      scheduleExpressionTimezone: timeZone,
      startWindowHours: 4,
      recoveryPointSelection: {
        algorithm: 'LATEST_WITHIN_WINDOW',
        includeVaults: [`arn:aws:backup:${region}:${account}:backup-vault:${vaultName}`],
        recoveryPointTypes: ['SNAPSHOT', 'CONTINUOUS'],
        selectionWindowDays: 7,
      },
    });
    const of = (name: string, type: string, overrides: Readonly<Record<string, string>>) =>
      new CfnRestoreTestingSelection(this, `Restore-${type}`, {
        restoreTestingPlanName: plan.ref,
        restoreTestingSelectionName: name,
        iamRoleArn: role.roleArn,
        protectedResourceType: type,
        protectedResourceArns: ['*'],
        restoreMetadataOverrides: overrides,
        validationWindowHours: 4,
      });
    of('database', 'RDS', { dbSubnetGroupName: subnetGroup });
    of('records', 'S3', {});
  }

  #failures({ vaultName, topicArn }: BackupsProps): void {
    const failed = (what: string, metric: string) =>
      alarm(this, `Failed-${what}`, {
        name: `${vaultName}-${what}-failed`,
        description: `a ${what} of the backup plan has failed`,
        metric: { namespace: 'AWS/Backup', name: metric, dimensions: { BackupVaultName: vaultName } },
        statistic: 'Sum',
        fires: { when: 'above', threshold: 0, minutes: 1 },
        missing: 'notBreaching',
        topicArn,
      });
    failed('backup', 'NumberOfBackupJobsFailed');
    failed('copy', 'NumberOfCopyJobsFailed');
  }
}

const POLICIES = [
  'service-role/AWSBackupServiceRolePolicyForBackup',
  'service-role/AWSBackupServiceRolePolicyForRestores',
  'AWSBackupServiceRolePolicyForS3Backup',
  'AWSBackupServiceRolePolicyForS3Restore',
];

const backupRole = (scope: Construct, roleName: string): Role =>
  new Role(scope, 'Role', {
    roleName,
    assumedBy: new ServicePrincipal('backup.amazonaws.com'),
    managedPolicies: POLICIES.map(name => ManagedPolicy.fromAwsManagedPolicyName(name)),
  });
