/** Types of resources with state that cannot be recreated, and what that is. Log groups are not among them: see `constructs/logs.ts`. Pure. */
export const STATEFUL: ReadonlyMap<string, string> = new Map([
  ['AWS::RDS::DBInstance', "the systems' databases"],
  ['AWS::S3::Bucket', 'records and access logs'],
  ['AWS::SecretsManager::Secret', 'passwords of the database, and of each system in it'],
  ['AWS::KMS::Key', 'what opens everything that it has encrypted'],
  ['AWS::Backup::BackupVault', 'backups'],
  ['AWS::APS::Workspace', 'what the monitors have measured'],
]);
