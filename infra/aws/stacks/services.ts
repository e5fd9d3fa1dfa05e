import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { MonitorAtSite } from '../patterns/monitor.js';
import type { SiteResources } from '../patterns/site-resources.js';
import { SystemAtSite } from '../patterns/system.js';
import type { Deployment } from '../plan/deployment.js';
import type { MonitorProcess } from '../plan/monitoring.js';
import { type SiteOnAws, systemShardOf } from '../plan/names.js';
import { AwsStack } from './city-stack.js';

/** A stack of services: they keep nothing, so that it can be rolled back, deleted and made anew. */
abstract class ServicesStack extends AwsStack {
  /** What earlier stacks of the site have made. */
  protected resources(): SiteResources {
    const { deployment, place } = this;
    const zones = Array.from({ length: deployment.city.aws.availabilityZones }, (_, zone) => zone);
    return {
      deployment,
      city: deployment.city,
      place,
      key: Key.fromKeyArn(this, 'Key', this.published('key')),
      vpcId: this.published('vpc'),
      clusterArn: this.published('cluster'),
      topicArn: this.published('alarm-topic'),
      subnets: segment => zones.map(zone => this.published(`subnet-${segment}-${zone}`)),
    };
  }
}

/** One shard of the systems at one site; the number of a system decides its shard, for life. */
export class ApplicationsStack extends ServicesStack {
  constructor(scope: Construct, deployment: Deployment, place: SiteOnAws, shard: number) {
    super(scope, {
      deployment,
      place,
      kind: `applications-${shard}`,
      description: `Applications of systems, shard ${shard}`,
      stateful: false,
    });
    const resources = { ...this.resources(), databaseHost: this.published('database-host') };
    for (const application of deployment.city.aws.systems.filter(({ system }) => systemShardOf(system) === shard)) {
      const system = deployment.city.systems.find(({ number }) => number === application.system);
      if (system !== undefined) new SystemAtSite(this, `System${system.number}`, resources, system, application);
    }
  }
}

/** The shards of a city's systems, in order. */
export const systemShards = ({ city }: Deployment): readonly number[] =>
  [...new Set(city.aws.systems.map(({ system }) => systemShardOf(system)))].toSorted((a, b) => a - b);

export interface MonitorStackProps {
  readonly deployment: Deployment;
  readonly place: SiteOnAws;
  readonly configurationFolder: string;
  readonly processes: readonly MonitorProcess[];
}

/** A site's monitor. */
export class MonitorStack extends ServicesStack {
  constructor(scope: Construct, { deployment, place, ...files }: MonitorStackProps) {
    super(scope, { deployment, place, kind: 'monitor', description: 'Monitor of a site', stateful: false });
    new MonitorAtSite(this, 'Monitor', this.resources(), {
      ...files,
      container: deployment.city.aws.monitor,
      workspace: { arn: this.published('workspace'), url: this.published('workspace-url') },
    });
  }
}
