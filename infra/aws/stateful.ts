/** Types of resources that keep what cannot be made again, and what that is. Logs go with their stack: see the construct. Pure. */
export const STATEFUL: ReadonlyMap<string, string> = new Map([
  ['AWS::RDS::DBInstance', "the systems' databases"],
  ['AWS::S3::Bucket', 'records and who asked for them'],
  ['AWS::SecretsManager::Secret', 'passwords of the database, and of each system in it'],
  ['AWS::KMS::Key', 'what opens everything that it has encrypted'],
  ['AWS::Backup::BackupVault', 'backups'],
  ['AWS::APS::Workspace', 'what the monitors have measured'],
]);
