/** What is requested of RDS for a copy that its stack must find nothing changed in. Pure. */

import type { CreateDBInstanceReadReplicaCommandInput, ModifyDBInstanceCommandInput } from '@aws-sdk/client-rds';
import { type DatabaseSettings, databaseTags, databaseTraits } from '../../../infra/aws/plan/database.js';
import { databaseArn, roleArn, type SiteOnAws } from '../../../infra/aws/plan/names.js';
import type { Handover } from '../handover.js';

/**
 * The request for a copy of the other site's database. It names no parameter group: RDS refuses one for PostgreSQL, and takes no setting
 * that {@link settledBy} requests afterwards.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstanceReadReplica.html
 */
export function copyRequest(
  city: Handover['city'],
  place: SiteOnAws,
  source: SiteOnAws,
  group: string,
): CreateDBInstanceReadReplicaCommandInput {
  const { identifier, instance, subnetGroup, keyArn, monitoringRole, monitoringSeconds, logs, isProtected } = databaseTraits(city, place);
  return {
    DBInstanceIdentifier: identifier,
    // By its ARN the SDK sees that it is in another region, and signs for that one, too.
    SourceDBInstanceIdentifier: databaseArn(source),
    KmsKeyId: keyArn,
    DBInstanceClass: instance,
    DBSubnetGroupName: subnetGroup,
    VpcSecurityGroupIds: [group],
    PubliclyAccessible: false,
    DeletionProtection: isProtected,
    CopyTagsToSnapshot: true,
    AutoMinorVersionUpgrade: true,
    EnableIAMDatabaseAuthentication: true,
    EnableCloudwatchLogsExports: [...logs],
    MonitoringInterval: monitoringSeconds,
    MonitoringRoleArn: roleArn(place, monitoringRole),
    EnablePerformanceInsights: true,
    PerformanceInsightsKMSKeyId: keyArn,
    Tags: Object.entries(databaseTags(city)).map(([Key, Value]) => ({ Key, Value })),
  };
}

/** The request that settings are part of; one that is not given stays as it is. */
export const settledBy = (settings: Partial<DatabaseSettings>): Partial<ModifyDBInstanceCommandInput> => ({
  DBParameterGroupName: settings.parameterGroup,
  BackupRetentionPeriod: settings.retentionDays,
  MaxAllocatedStorage: settings.mostStorageGib,
  MultiAZ: settings.twoZones,
  PreferredBackupWindow: settings.backupWindow,
  PreferredMaintenanceWindow: settings.maintenanceWindow,
});
