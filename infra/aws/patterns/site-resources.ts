import type { CfnSubnet } from 'aws-cdk-lib/aws-ec2';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { City } from '../../city/model.js';
import type { BalancerLogs } from '../constructs/balancer.js';
import type { Deployment } from '../plan/deployment.js';
import type { SiteOnAws } from '../plan/names.js';

/** What a site's systems have in common. */
export interface SiteResources {
  readonly deployment: Deployment;
  readonly city: City;
  readonly place: SiteOnAws;
  readonly owner: string;
  /** The key of everything that the site stores. */
  readonly key: IKey;
  readonly vpcId: string;
  readonly edge: readonly CfnSubnet[];
  readonly application: readonly CfnSubnet[];
  readonly clusterArn: string;
  readonly logs: ILogGroup;
  readonly balancerLogs: BalancerLogs;
  readonly executionRole: IRole;
  readonly topicArn: string;
  /** Host of the database, and the secret of its owner, who creates a role and a database for each system with state. */
  readonly database: { readonly host: string; readonly secretArn: string };
}
