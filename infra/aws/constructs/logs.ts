import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

/** An encrypted log group, kept for a year, the least for the security log of a level-3 system. It is deleted with its stack. */
export const logGroup = (scope: Construct, id: string, name: string, encryptionKey: IKey): LogGroup =>
  new LogGroup(scope, id, { logGroupName: name, retention: RetentionDays.ONE_YEAR, encryptionKey, removalPolicy: RemovalPolicy.DESTROY });
