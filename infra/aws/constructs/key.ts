import { AnyPrincipal, Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Alias, Key } from 'aws-cdk-lib/aws-kms';
import { RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

export interface SiteKeyProps {
  /** As `alias/can-tho-s1`: everything names the key by it, because it is known before the key exists. */
  readonly alias: string;
  /** Whether its policy denies deletion. */
  readonly isProtected: boolean;
}

/** The one key of a site's data and logs. It is kept when its stack is deleted, as what it has encrypted is. */
export class SiteKey extends Construct {
  readonly key: Key;

  constructor(scope: Construct, id: string, { alias, isProtected }: SiteKeyProps) {
    super(scope, id);
    const { region, account } = Stack.of(this);
    this.key = new Key(this, 'Key', {
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
      description: alias,
    });
    this.key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'Logs',
        principals: [new ServicePrincipal(`logs.${region}.amazonaws.com`)],
        actions: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
        resources: ['*'],
        conditions: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': `arn:aws:logs:${region}:${account}:*` } },
      }),
    );
    this.key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'Alarms',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com'), new ServicePrincipal('backup.amazonaws.com')],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'],
        conditions: { StringEquals: { 'aws:SourceAccount': account } },
      }),
    );
    if (isProtected) this.#denyDeletion(region, account);
    new Alias(this, 'Alias', { aliasName: alias, targetKey: this.key });
  }

  /**
   * What it has encrypted (database, records, secrets, the recovery points of the vault) is lost with it. Only a deployment may change this
   * policy: a role that may deploy can lift the denial, no other can.
   */
  #denyDeletion(region: string, account: string): void {
    const deny = (sid: string, actions: string[], conditions = {}) =>
      this.key.addToResourcePolicy(
        new PolicyStatement({ sid, effect: Effect.DENY, principals: [new AnyPrincipal()], actions, resources: ['*'], conditions }),
      );
    deny('NoDeletion', ['kms:ScheduleKeyDeletion', 'kms:DisableKey']);
    deny('PolicyByDeployment', ['kms:PutKeyPolicy'], {
      ArnNotLike: { 'aws:PrincipalArn': `arn:aws:iam::${account}:role/cdk-*-cfn-exec-role-${account}-${region}` },
    });
  }
}
