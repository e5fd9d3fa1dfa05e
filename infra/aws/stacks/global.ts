import { CfnHealthCheck, CfnHostedZone, CfnRecordSet } from 'aws-cdk-lib/aws-route53';
import { CfnResolverEndpoint } from 'aws-cdk-lib/aws-route53resolver';
import type { Construct } from 'constructs';
import { ENDPOINT_SEGMENTS } from '../../city/identity.js';
import type { System } from '../../city/model.js';
import { admittingGroup } from '../constructs/security-group.js';
import type { Deployment } from '../plan/deployment.js';
import { planOf, resolverAddress, type SiteOnAws, serviceName, systemAddress, systemNames, zoneName } from '../plan/names.js';
import { AwsStack } from './city-stack.js';

/** How long resolvers cache an answer, seconds: a part of every outage. */
const TTL_SECONDS = 10;

/**
 * The names by which offices reach systems. Each site has the whole zone, for its own resolver: names must not need the other region. Both
 * zones answer alike, because their health checks follow the same alarms.
 */
export class GlobalStack extends AwsStack {
  constructor(scope: Construct, deployment: Deployment, place: SiteOnAws) {
    super(scope, { deployment, place, kind: 'global', description: 'Names of systems, health checks', stateful: false });
    const { city, primary, backup } = deployment;
    const zone = new CfnHostedZone(this, 'Zone', {
      name: zoneName(city.aws),
      hostedZoneConfig: { comment: `as seen at s${place.site.number}` },
      vpcs: [{ vpcId: this.published('vpc'), vpcRegion: place.region }],
    });
    for (const system of city.systems) {
      this.#record(zone, system, primary, 'PRIMARY');
      this.#record(zone, system, backup, 'SECONDARY');
    }
    this.#resolver();
    this.publish('zone', zone.ref);
  }

  #record(zone: CfnHostedZone, system: System, place: SiteOnAws, failover: 'PRIMARY' | 'SECONDARY'): void {
    const { city } = this.deployment;
    const { silentAlarm } = systemNames(place, system);
    const at = `s${place.site.number}`;
    const health = new CfnHealthCheck(this, `Health-${system.number}-${at}`, {
      healthCheckConfig: {
        type: 'CLOUDWATCH_METRIC',
        alarmIdentifier: { name: silentAlarm, region: place.region },
        // The alarm's metric is not reported while a site has no target, as a pilot light. Of two unhealthy sites Route 53 answers the primary.
        insufficientDataHealthStatus: 'Unhealthy',
      },
      healthCheckTags: [{ key: 'Name', value: silentAlarm }],
    });
    const plan = planOf(city);
    new CfnRecordSet(this, `Record-${system.number}-${at}`, {
      hostedZoneId: zone.ref,
      name: `${serviceName(city.aws, system)}.`,
      type: 'A',
      ttl: String(TTL_SECONDS),
      failover,
      setIdentifier: at,
      healthCheckId: health.ref,
      resourceRecords: Array.from({ length: city.aws.availabilityZones }, (_, zone) =>
        systemAddress(plan, place.site.number, system.number, zone),
      ),
    });
  }

  /** The endpoint that offices' resolvers query for the zone; its addresses come from the plan. */
  #resolver(): void {
    const { city } = this.deployment;
    const plan = planOf(city);
    const from = [...ENDPOINT_SEGMENTS.map(segment => plan.segmentSpan(segment).v4), plan.loopbacksSpan().v4];
    const group = admittingGroup(this, 'ResolverGroup', {
      vpcId: this.published('vpc'),
      name: `${this.place.prefix}-resolver`,
      description: 'offices ask for names',
      admission: {
        ingress: from.flatMap(cidr =>
          (['tcp', 'udp'] as const).map(protocol => ({ cidr, protocol, from: 53, to: 53, why: 'names of systems' })),
        ),
        egress: [],
      },
    });
    new CfnResolverEndpoint(this, 'Resolver', {
      name: `${this.place.prefix}-resolver`,
      direction: 'INBOUND',
      securityGroupIds: [group.ref],
      ipAddresses: Array.from({ length: city.aws.availabilityZones }, (_, zone) => ({
        subnetId: this.published(`subnet-edge-${zone}`),
        ip: resolverAddress(plan, this.place.site.number, zone),
      })),
    });
  }
}
