import type { Construct } from 'constructs';
import { logsBucket, RecordsBucket } from '../constructs/buckets.js';
import { SiteKey } from '../constructs/key.js';
import { backedUp } from '../constructs/tags.js';
import { lockedVault } from '../patterns/backups.js';
import type { Deployment } from '../plan/deployment.js';
import { siteNames } from '../plan/names.js';
import { AwsStack } from './city-stack.js';

/** What the primary site copies to, so it is deployed first: the backup region's key, bucket and locked vault. */
export class FoundationStack extends AwsStack {
  constructor(scope: Construct, deployment: Deployment) {
    super(scope, {
      deployment,
      place: deployment.backup,
      kind: 'foundation',
      description: 'Backup region: key, copies of records, locked vault',
      stateful: true,
    });
    const names = siteNames(deployment.backup);
    const { key } = new SiteKey(this, 'Key', { alias: names.keyAlias });
    const logs = logsBucket(this, 'Logs', names.logsBucket);
    const records = new RecordsBucket(this, 'Records', { bucketName: names.recordsBucket, key, logs });
    backedUp(records);
    lockedVault(this, 'Vault', names.vault, key);
    this.publish('key', key.keyArn);
  }
}
