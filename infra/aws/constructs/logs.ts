import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

/** A year, as the security log of a level-3 system is kept at least; encrypted. Goes with its stack: what must stay is in the data. */
export const logGroup = (scope: Construct, id: string, name: string, encryptionKey: IKey): LogGroup =>
  new LogGroup(scope, id, { logGroupName: name, retention: RetentionDays.ONE_YEAR, encryptionKey, removalPolicy: RemovalPolicy.DESTROY });
