import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { logsBucket, RecordsBucket } from '../constructs/buckets.js';
import { SiteKey } from '../constructs/key.js';
import { logGroup } from '../constructs/logs.js';
import { backedUp, owned } from '../constructs/tags.js';
import { vault } from '../patterns/backups.js';
import { databaseTier } from '../plan/database.js';
import type { Deployment } from '../plan/deployment.js';
import { aliasArn, bucketArn, type SiteOnAws, siteNames } from '../plan/names.js';
import { protectionOf } from '../plan/protection.js';
import { AwsStack } from './city-stack.js';

/** What a site's other stacks need and fill: key, buckets, vault, logs, the topic of alarms. The primary's copies to the backup's. */
export class FoundationStack extends AwsStack {
  constructor(scope: Construct, deployment: Deployment, place: SiteOnAws) {
    super(scope, {
      deployment,
      place,
      kind: 'foundation',
      description: 'Key, records, vault, logs, alarms',
      stateful: true,
    });
    const names = siteNames(place);
    const { deletion, vaults } = protectionOf(deployment.city.aws);
    const { key } = new SiteKey(this, 'Key', { alias: names.keyAlias, isProtected: deletion });
    this.#records(key);
    vault(this, 'Vault', { name: names.vault, key, locked: vaults });
    logGroup(this, 'TaskLogs', names.logs, key);
    this.publish('key', key.keyArn);
    this.publish('alarm-topic', this.#alarms(key).topicArn);
  }

  #records(key: IKey): void {
    const { city, primary, backup } = this.deployment;
    const names = siteNames(this.place);
    const records = new RecordsBucket(this, 'Records', {
      bucketName: names.recordsBucket,
      key,
      lock: protectionOf(city.aws).records,
      logs: logsBucket(this, 'LogsBucket', names.logsBucket),
      ...(this.place === primary
        ? {
            replica: {
              bucketArn: bucketArn(siteNames(backup).recordsBucket),
              keyAliasArn: aliasArn(backup),
              account: backup.account,
              region: backup.region,
            },
          }
        : {}),
    });
    owned(records, { owner: city.aws.owner, tier: databaseTier(city) });
    backedUp(records);
  }

  /** AWS asks each address once to confirm, and notifies it from then on. */
  #alarms(key: IKey): Topic {
    const topic = new Topic(this, 'Alarms', { topicName: siteNames(this.place).alarmTopic, masterKey: key, enforceSSL: true });
    // A policy replaces the default one, by which the account's alarms may publish.
    topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'Alarms',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': this.place.account } },
      }),
    );
    for (const address of this.deployment.city.aws.notify) topic.addSubscription(new EmailSubscription(address));
    return topic;
  }
}
