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

/** A database user's secret with a generated password of letters and digits, in both regions. It is kept when its stack is deleted. */
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
    removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
  });
  // By alias, the only name of the other region's key that is known here.
  (secret.node.defaultChild as CfnSecret).replicaRegions = [{ region: replica.region, kmsKeyId: replica.keyAlias }];
  acknowledge(
    secret,
    'rotation by a function would need a route from the data subnets; the operator changes the password with every failover drill',
    'AwsSolutions-SMG4',
    'NIST.800.53.R5-SecretsManagerRotationEnabled',
  );
  return secret;
}
