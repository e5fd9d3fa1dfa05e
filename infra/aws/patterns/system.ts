import { Construct } from 'constructs';
import type { City, System } from '../../city/model.js';
import type { AwsApplication } from '../../city/targets/aws/plan.js';
import { appPort } from '../../site/ports.js';
import { alarm } from '../constructs/alarm.js';
import { Balancer, type ServedPort } from '../constructs/balancer.js';
import { admittingGroup } from '../constructs/security-group.js';
import { Service } from '../constructs/service.js';
import { owned } from '../constructs/tags.js';
import { applicationAdmission, systemAdmission } from '../plan/admission.js';
import { imageOf, planOf, repositoryArn, type SiteOnAws, siteNames, systemAddress, systemNames, taskLogsArn } from '../plan/names.js';
import { tasksAt } from '../plan/tasks.js';
import { ownDatabase } from './own-database.js';
import { mayKeepRecords, recordsOf } from './records.js';
import type { SiteResources } from './site-resources.js';

export interface SystemResources extends SiteResources {
  readonly databaseHost: string;
}

/** A shared system at a site: its tasks, and a load balancer of its own, to which exactly its own flows are admitted. */
export class SystemAtSite extends Construct {
  constructor(scope: Construct, id: string, resources: SystemResources, system: System, application: AwsApplication) {
    super(scope, id);
    const { city, place, vpcId, clusterArn, key } = resources;
    const names = systemNames(place, system);
    const desired = tasksAt(place, city.aws.posture, application.tasks);
    owned(this, { owner: city.aws.owner, tier: system.tier });
    const balancer = this.#balancer(resources, system);
    const own = system.state === 'database' ? ownDatabase(resources, system, resources.databaseHost) : undefined;
    const images = [application.image, ...(own === undefined ? [] : [city.aws.database.client])];
    const service = new Service(this, 'Service', {
      name: names.service,
      family: names.family,
      clusterArn,
      desired,
      vcpu: application.vcpu,
      memoryGib: application.memoryGib,
      subnetIds: resources.subnets('application'),
      logs: { name: siteNames(place).logs, arn: taskLogsArn(place) },
      fetches: {
        repositoryArns: images.map(image => repositoryArn(place, image)),
        secretArns: own?.secretArns ?? [],
        keyArn: key.keyArn,
      },
      groupId: admittingGroup(this, 'ApplicationGroup', {
        vpcId,
        name: `${names.balancer}-application`,
        description: `application of ${system.key}`,
        admission: applicationAdmission(city, system, place.site.number),
      }).ref,
      containers: [
        ...(own === undefined ? [] : [own.prepares]),
        {
          name: system.key,
          image: imageOf(place, application.image),
          essential: true,
          ports: balancer.targets.map(({ served }) => ({ port: served.targetPort, protocol: served.protocol === 'UDP' ? 'udp' : 'tcp' })),
          environment: {
            ...surroundings(resources, system),
            ...own?.environment,
            ...(application.documents ? recordsOf(resources, system) : {}),
          },
          secrets: own?.secrets ?? {},
          ...(own === undefined ? {} : { after: own.prepares.name }),
        },
      ],
      targets: balancer.targets.map(({ served, group, listener }) => ({
        container: system.key,
        port: served.targetPort,
        groupArn: group.ref,
        listener,
      })),
    });
    if (application.documents) mayKeepRecords(service.taskRole, resources, system);
    this.#silence(balancer, names.silentAlarm, system, resources.topicArn);
  }

  #balancer({ city, place, vpcId, subnets }: SiteResources, system: System): Balancer {
    const names = systemNames(place, system);
    const plan = planOf(city);
    return new Balancer(this, 'Balancer', {
      name: names.balancer,
      vpcId,
      groupId: admittingGroup(this, 'SystemGroup', {
        vpcId,
        name: names.balancer,
        description: `who reaches ${system.key}`,
        admission: systemAdmission(city, system, place.site.number),
      }).ref,
      places: subnets('edge').map((subnetId, zone) => ({ subnetId, address: systemAddress(plan, place.site.number, system.number, zone) })),
      logsBucket: siteNames(place).logsBucket,
      ports: servedPorts(city, place, system),
    });
  }

  #silence(balancer: Balancer, name: string, { key }: System, topicArn: string): void {
    const [first] = balancer.targets;
    if (first === undefined) throw new Error('a balancer without ports');
    alarm(this, 'Silent', {
      name,
      description: `no task of ${key} answers here`,
      metric: {
        namespace: 'AWS/NetworkELB',
        name: 'HealthyHostCount',
        dimensions: { LoadBalancer: balancer.balancer.attrLoadBalancerFullName, TargetGroup: first.group.attrTargetGroupFullName },
      },
      statistic: 'Maximum',
      fires: { when: 'below', threshold: 1, minutes: 1 },
      missing: 'breaching',
      topicArn,
    });
  }
}

/** The variables of every application: site, system, port. */
const surroundings = ({ place }: SiteResources, system: System) => ({
  CITYDC_SITE: `s${place.site.number}`,
  CITYDC_SYSTEM: system.key,
  PORT: String(appPort(system.number)),
});

/** The port of requests, and every UDP port that the flows name. */
function servedPorts(city: City, place: SiteOnAws, system: System): readonly ServedPort[] {
  const own = appPort(system.number);
  const { targets } = systemNames(place, system);
  const datagrams = city.flows
    .filter(({ protocol, to }) => protocol === 'udp' && (to.includes('systems') || to.includes(`system.${system.key}`)))
    .flatMap(({ ports }) => ports);
  return [
    { protocol: 'TCP', port: system.port, targetPort: own, targetName: targets('tcp', system.port), healthPort: own },
    ...[...new Set(datagrams)].map(port => ({
      protocol: 'UDP' as const,
      port,
      targetPort: port,
      targetName: targets('udp', port),
      healthPort: own,
    })),
  ];
}
