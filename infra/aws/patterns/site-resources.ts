import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { City } from '../../city/model.js';
import type { Deployment } from '../plan/deployment.js';
import type { SiteOnAws } from '../plan/names.js';

/** What a site's services have in common. */
export interface SiteResources {
  readonly deployment: Deployment;
  readonly city: Deployment['city'] & City;
  readonly place: SiteOnAws;
  /** The key of everything that the site stores. */
  readonly key: IKey;
  readonly vpcId: string;
  readonly clusterArn: string;
  readonly topicArn: string;
  /** Subnets of a segment, one a zone. */
  readonly subnets: (segment: 'edge' | 'application' | 'operations') => readonly string[];
}
