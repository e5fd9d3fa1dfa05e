import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { System } from '../../city/model.js';
import { bucketArn, recordsPrefix, siteNames } from '../plan/names.js';
import { acknowledge } from '../policy/acknowledge.js';
import type { SiteResources } from './site-resources.js';

/** Variables that name the site's bucket of records, and the prefix of the application's own. */
export const recordsOf = ({ place }: Pick<SiteResources, 'place'>, system: System): Readonly<Record<string, string>> => ({
  CITYDC_RECORDS_BUCKET: siteNames(place).recordsBucket,
  CITYDC_RECORDS_PREFIX: recordsPrefix(system),
});

/** Lets a system's task read and write its own records at its site, but not delete them. */
export function mayKeepRecords(role: Role, { place, key }: Pick<SiteResources, 'place' | 'key'>, system: System): void {
  const bucket = bucketArn(siteNames(place).recordsBucket);
  const own = `${recordsPrefix(system)}*`;
  const allow = (actions: string[], resource: string, conditions = {}) =>
    role.addToPolicy(new PolicyStatement({ actions, resources: [resource], conditions }));
  allow(['s3:GetObject', 's3:GetObjectVersion', 's3:PutObject', 's3:AbortMultipartUpload'], `${bucket}/${own}`);
  allow(['s3:ListBucket'], bucket, { StringLike: { 's3:prefix': own } });
  // The bucket's objects are encrypted with the site's key, one data key for many.
  allow(['kms:Decrypt', 'kms:GenerateDataKey'], key.keyArn);
  acknowledge(role, 'any record of its own system, whose name only the application knows', `AwsSolutions-IAM5[Resource::${bucket}/${own}]`);
}
