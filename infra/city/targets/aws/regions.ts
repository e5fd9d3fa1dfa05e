/**
 * The regions that a site may stand in on AWS: those of the standard partition.
 *
 * Vietnam has none; the nearest are Bangkok (ap-southeast-7), Singapore (-1), Kuala Lumpur (-5) and Jakarta (-3).
 *
 * @see https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html, as aws-cdk-lib 2.276 lists them
 */
export const AWS_REGIONS = [
  'af-south-1',
  'ap-east-1',
  'ap-east-2',
  'ap-northeast-1',
  'ap-northeast-2',
  'ap-northeast-3',
  'ap-south-1',
  'ap-south-2',
  'ap-southeast-1',
  'ap-southeast-2',
  'ap-southeast-3',
  'ap-southeast-4',
  'ap-southeast-5',
  'ap-southeast-6',
  'ap-southeast-7',
  'ca-central-1',
  'ca-west-1',
  'eu-central-1',
  'eu-central-2',
  'eu-north-1',
  'eu-south-1',
  'eu-south-2',
  'eu-west-1',
  'eu-west-2',
  'eu-west-3',
  'il-central-1',
  'me-central-1',
  'me-south-1',
  'mx-central-1',
  'sa-east-1',
  'us-east-1',
  'us-east-2',
  'us-west-1',
  'us-west-2',
] as const;
export type AwsRegion = (typeof AWS_REGIONS)[number];

/**
 * How many availability zones of a region an account can count on. A region has three; where it has more, or an account is given fewer:
 *
 * @see https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html
 */
const ZONES: Readonly<Partial<Record<AwsRegion, number>>> = { 'us-east-1': 6, 'us-west-2': 4, 'ap-northeast-2': 4, 'us-west-1': 2 };
export const zonesIn = (region: AwsRegion): number => ZONES[region] ?? 3;
