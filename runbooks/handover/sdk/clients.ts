import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ECSClient } from '@aws-sdk/client-ecs';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { RDSClient } from '@aws-sdk/client-rds';
import { Route53Client } from '@aws-sdk/client-route-53';
import type { SiteOnAws } from '../../../infra/aws/plan/names.js';

export interface Connection {
  /** URL in place of AWS's own; the SDK also reads AWS_ENDPOINT_URL. */
  readonly endpoint?: string;
}

/** The services of one site's region. */
export interface SiteClients {
  readonly place: SiteOnAws;
  readonly rds: RDSClient;
  readonly ecs: ECSClient;
  readonly ec2: EC2Client;
  readonly cloudWatch: CloudWatchClient;
  readonly balancers: ElasticLoadBalancingV2Client;
}

/** Each request is tried three times. Without `throwOnRequestTimeout` the SDK only warns of a late request, and waits for ever. */
const PATIENCE = { maxAttempts: 3, requestHandler: { connectionTimeout: 3000, requestTimeout: 10_000, throwOnRequestTimeout: true } };

/** The clients of one site's region. No request is made yet. */
export function siteClients(place: SiteOnAws, connection: Connection): SiteClients {
  const options = { ...PATIENCE, ...connection, region: place.region };
  return {
    place,
    rds: new RDSClient(options),
    ecs: new ECSClient(options),
    ec2: new EC2Client(options),
    cloudWatch: new CloudWatchClient(options),
    balancers: new ElasticLoadBalancingV2Client(options),
  };
}

/** The client of Route 53, one service for all regions. */
export const namesClient = (connection: Connection): Route53Client =>
  new Route53Client({ ...PATIENCE, ...connection, region: 'us-east-1' });
