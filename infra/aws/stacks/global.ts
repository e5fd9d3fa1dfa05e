import { CfnPlan } from 'aws-cdk-lib/aws-arcregionswitch';
import { AccountRootPrincipal, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnHealthCheck, CfnHostedZone, CfnRecordSet } from 'aws-cdk-lib/aws-route53';
import { CfnResolverEndpoint } from 'aws-cdk-lib/aws-route53resolver';
import type { Construct } from 'constructs';
import { ENDPOINT_SEGMENTS } from '../../city/identity.js';
import type { System } from '../../city/model.js';
import { admittingGroup } from '../constructs/security-group.js';
import type { Deployment } from '../plan/deployment.js';
import {
  databaseArn,
  planOf,
  resolverAddress,
  type SiteOnAws,
  serviceName,
  siteNames,
  systemAddress,
  systemNames,
  zoneName,
} from '../plan/names.js';
import { acknowledge } from '../policy/acknowledge.js';
import { AwsStack } from './city-stack.js';

/** How long resolvers cache an answer, seconds: a part of every outage. */
const TTL_SECONDS = 10;
/** How long the plan waits for the operator's approval that the old primary is fenced, and for a promotion, minutes. */
const APPROVAL_MINUTES = 60;
const PROMOTION_MINUTES = 60;

/**
 * The names by which offices reach systems. Each site has the whole zone, for its own resolver: names must not need the other region. Both
 * zones answer alike, because their health checks follow the same alarms.
 */
export class GlobalStack extends AwsStack {
  constructor(scope: Construct, deployment: Deployment, place: SiteOnAws) {
    super(scope, { deployment, place, kind: 'global', description: 'Names of systems, health checks, region switch', stateful: false });
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
    if (place === backup) this.#regionSwitch();
  }

  #record(zone: CfnHostedZone, system: System, place: SiteOnAws, failover: 'PRIMARY' | 'SECONDARY'): void {
    const { city } = this.deployment;
    const { silentAlarm } = systemNames(place, system);
    const at = `s${place.site.number}`;
    const health = new CfnHealthCheck(this, `Health-${system.number}-${at}`, {
      healthCheckConfig: {
        type: 'CLOUDWATCH_METRIC',
        alarmIdentifier: { name: silentAlarm, region: place.region },
        insufficientDataHealthStatus: 'LastKnownStatus',
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

  /** In the backup region, which remains when the primary is lost. Records follow when applications answer. */
  #regionSwitch(): void {
    const { primary, backup } = this.deployment;
    const executes = this.#switchRole();
    const approves = new Role(this, 'ApprovalRole', { assumedBy: new AccountRootPrincipal() });
    const plan = new CfnPlan(this, 'Switch', {
      name: siteNames(backup).regionSwitchPlan,
      description: 'an operator confirms that the other site is fenced; then the copy is promoted and applications start',
      executionRole: executes.roleArn,
      recoveryApproach: 'activePassive',
      regions: [primary.region, backup.region],
      primaryRegion: primary.region,
      recoveryTimeObjectiveMinutes: this.#objectiveMinutes(),
      workflows: [primary, backup].map(place => this.#workflow(place, approves)),
    });
    // AWS tests the role's rights when it makes the plan.
    plan.node.addDependency(executes);
    approves.addToPolicy(new PolicyStatement({ actions: ['arc-region-switch:ApprovePlanExecutionStep'], resources: [plan.attrArn] }));
  }

  /**
   * The role that promotes and scales, with the rights of AWS's samples, narrowed to the city's own resources where those have names.
   *
   * @see https://docs.aws.amazon.com/r53recovery/latest/dg/security_iam_region_switch_execution_blocks.html
   */
  #switchRole(): Role {
    const { city, primary, backup } = this.deployment;
    const sites = [primary, backup];
    const role = new Role(this, 'SwitchRole', { assumedBy: new ServicePrincipal('arc-region-switch.amazonaws.com') });
    const allow = (actions: string[], ...resources: string[]) => role.addToPolicy(new PolicyStatement({ actions, resources }));
    allow(['rds:PromoteReadReplica', 'rds:DescribeDBInstances', 'rds:ModifyDBInstance'], ...sites.map(databaseArn));
    allow(
      ['ecs:DescribeServices', 'ecs:UpdateService', 'ecs:DescribeClusters'],
      ...sites.flatMap(place => [clusterArn(place), ...city.systems.map(system => serviceArn(place, system))]),
    );
    allow(
      [
        'ecs:ListServices',
        'application-autoscaling:DescribeScalableTargets',
        'application-autoscaling:RegisterScalableTarget',
        'cloudwatch:GetMetricStatistics',
      ],
      '*',
    );
    const plans = `arn:aws:arc-region-switch::${backup.account}:plan/${siteNames(backup).regionSwitchPlan}:*`;
    allow(['arc-region-switch:GetPlan', 'arc-region-switch:GetPlanExecution', 'arc-region-switch:ListPlanExecutions'], plans);
    allow(['iam:SimulatePrincipalPolicy'], role.roleArn);
    acknowledge(
      role,
      "AWS's own sample: requests for numbers of tasks and their scaling name no service, and AWS assigns the plan's number",
      'AwsSolutions-IAM5[Resource::*]',
      `AwsSolutions-IAM5[Resource::${plans}]`,
    );
    return role;
  }

  #workflow(place: SiteOnAws, approves: Role): CfnPlan.WorkflowProperty {
    const { primary, backup } = this.deployment;
    return {
      workflowTargetAction: 'activate',
      workflowTargetRegion: place.region,
      steps: [
        {
          name: 'fenced',
          description: 'an operator confirms that the database of the other site takes no writes any more',
          executionBlockType: 'ManualApproval',
          executionBlockConfiguration: {
            executionApprovalConfig: { approvalRole: approves.roleArn, timeoutMinutes: APPROVAL_MINUTES },
          },
        },
        {
          name: 'promote',
          description: 'the copy becomes the database that writes',
          executionBlockType: 'RdsPromoteReadReplica',
          executionBlockConfiguration: {
            rdsPromoteReadReplicaConfig: {
              dbInstanceArnMap: { [primary.region]: databaseArn(primary), [backup.region]: databaseArn(backup) },
              timeoutMinutes: PROMOTION_MINUTES,
            },
          },
        },
        {
          name: 'applications',
          description: 'as many tasks as the other site has',
          executionBlockType: 'Parallel',
          executionBlockConfiguration: { parallelConfig: { steps: this.deployment.city.systems.map(system => this.#scaling(system)) } },
        },
      ],
    };
  }

  /** A step scales one service, which it has in each region. */
  #scaling(system: System): CfnPlan.StepProperty {
    const { primary, backup } = this.deployment;
    return {
      name: system.key,
      executionBlockType: 'ECSServiceScaling',
      executionBlockConfiguration: {
        ecsCapacityIncreaseConfig: {
          services: [primary, backup].map(place => ({ clusterArn: clusterArn(place), serviceArn: serviceArn(place, system) })),
          targetPercent: 100,
          capacityMonitoringApproach: 'containerInsightsMaxInLast24Hours',
          timeoutMinutes: APPROVAL_MINUTES,
        },
      },
    };
  }

  #objectiveMinutes(): number {
    const strictest = Math.min(...this.deployment.city.systems.map(({ objectives }) => objectives.aws.rtoSeconds));
    return Math.max(1, Math.floor(strictest / 60));
  }
}

const clusterArn = (place: SiteOnAws): string => `arn:aws:ecs:${place.region}:${place.account}:cluster/${siteNames(place).cluster}`;
const serviceArn = (place: SiteOnAws, system: System): string =>
  `arn:aws:ecs:${place.region}:${place.account}:service/${siteNames(place).cluster}/${systemNames(place, system).service}`;
