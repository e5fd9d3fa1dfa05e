import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type CfnSecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { acknowledge } from '../policy/acknowledge.js';

export interface PasswordProps {
  readonly name: string;
  readonly username: string;
  readonly key: IKey;
  /** Where it is copied to. */
  readonly replica: PasswordReplica;
}
export interface PasswordReplica {
  readonly region: string;
  readonly keyAlias: string;
}

/** A user of the database with a password that nobody chose, letters and digits only, in both regions. Kept when its stack goes. */
export function password(scope: Construct, id: string, { name, username, key, replica }: PasswordProps): Secret {
  const secret = new Secret(scope, id, {
    secretName: name,
    encryptionKey: key,
    generateSecretString: {
      secretStringTemplate: JSON.stringify({ username }),
      generateStringKey: 'password',
      excludePunctuation: true,
      passwordLength: 40,
    },
    removalPolicy: RemovalPolicy.RETAIN,
  });
  // By alias: the other region's key has no name that is known here but this one.
  (secret.node.defaultChild as CfnSecret).replicaRegions = [{ region: replica.region, kmsKeyId: replica.keyAlias }];
  acknowledge(
    secret,
    'a rotation by a function would need a way from the data subnets; whoever drills the failover changes it',
    'AwsSolutions-SMG4',
    'NIST.800.53.R5-SecretsManagerRotationEnabled',
  );
  return secret;
}
