import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { Construct } from 'constructs';
import type { AwsContainer } from '../../city/targets/aws/plan.js';
import { Balancer, type ServedPort } from '../constructs/balancer.js';
import { admittingGroup } from '../constructs/security-group.js';
import { Service, type TaskContainer } from '../constructs/service.js';
import { monitorAdmission } from '../plan/admission.js';
import {
  MONITOR_DATA,
  MONITOR_FOLDER,
  MONITOR_HEALTH_PORT,
  MONITOR_PORTS,
  type MonitorProcess,
  protocolsOf,
  TOPIC_ARN,
  WORKSPACE_URL,
} from '../plan/monitoring.js';
import { imageOf, monitorAddress, planOf, repositoryArn, siteNames, taskLogsArn } from '../plan/names.js';
import { acknowledge } from '../policy/acknowledge.js';
import type { SiteResources } from './site-resources.js';

export interface MonitorProps {
  readonly container: AwsContainer;
  readonly processes: readonly MonitorProcess[];
  /** Folder of its files on this machine; they are uploaded to the account's asset bucket. */
  readonly configurationFolder: string;
  /** What keeps its samples. */
  readonly workspace: { readonly arn: string; readonly url: string };
}

/** The container that fetches the files; all others of the task wait for it. */
const CONFIGURATION = 'configuration';
const DATA = 'data';
const FETCH = `cd ${MONITOR_FOLDER} && aws s3 cp "$CONFIGURATION" configuration.zip && unzip -oq configuration.zip && \
sed -i "s|${WORKSPACE_URL}|$WORKSPACE_URL|; s|${TOPIC_ARN}|$TOPIC_ARN|" prometheus.yml alertmanager.yml`;

/** A site's Prometheus, Alertmanager, blackbox exporter and reflector, at the address to which agents push everywhere. */
export class MonitorAtSite extends Construct {
  constructor(scope: Construct, id: string, resources: SiteResources, props: MonitorProps) {
    super(scope, id);
    const { city, place, vpcId, topicArn, key } = resources;
    const names = siteNames(place);
    const groupId = admittingGroup(this, 'Group', {
      vpcId,
      name: names.monitorService,
      description: 'the monitor and its balancer',
      admission: monitorAdmission(city, place.site.number),
    }).ref;
    const plan = planOf(city);
    const balancer = new Balancer(this, 'Balancer', {
      name: names.monitorBalancer,
      vpcId,
      groupId,
      places: resources
        .subnets('operations')
        .map((subnetId, zone) => ({ subnetId, address: monitorAddress(plan, place.site.number, zone) })),
      logsBucket: names.logsBucket,
      ports: MONITOR_PORTS.map(({ protocol, port }) => ({
        protocol,
        port,
        targetPort: port,
        targetName: names.monitorTargets(protocol, port),
        healthPort: MONITOR_HEALTH_PORT,
      })),
    });
    const service = this.#service(resources, props, groupId, balancer);
    const { taskRole } = service;
    taskRole.addToPolicy(new PolicyStatement({ actions: ['aps:RemoteWrite'], resources: [props.workspace.arn] }));
    taskRole.addToPolicy(new PolicyStatement({ actions: ['sns:Publish'], resources: [topicArn] }));
    taskRole.addToPolicy(new PolicyStatement({ actions: ['kms:GenerateDataKey', 'kms:Decrypt'], resources: [key.keyArn] }));
  }

  #service(resources: SiteResources, props: MonitorProps, groupId: string, balancer: Balancer): Service {
    const asset = new Asset(this, 'Configuration', { path: props.configurationFolder });
    const image = imageOf(resources.place, props.container.image);
    const names = siteNames(resources.place);
    const fetch: TaskContainer = {
      name: CONFIGURATION,
      image,
      essential: false,
      command: ['sh', '-ec', FETCH],
      mounts: [{ volume: CONFIGURATION, folder: MONITOR_FOLDER, readOnly: false }],
      environment: {
        CONFIGURATION: asset.s3ObjectUrl,
        WORKSPACE_URL: `${props.workspace.url}api/v1/remote_write`,
        TOPIC_ARN: resources.topicArn,
      },
    };
    const service = new Service(this, 'Service', {
      name: names.monitorService,
      family: names.monitorService,
      clusterArn: resources.clusterArn,
      desired: 1,
      vcpu: props.container.vcpu,
      memoryGib: props.container.memoryGib,
      subnetIds: resources.subnets('operations'),
      logs: { name: names.logs, arn: taskLogsArn(resources.place) },
      fetches: {
        repositoryArns: [repositoryArn(resources.place, props.container.image)],
        secretArns: [],
        keyArn: resources.key.keyArn,
      },
      groupId,
      containers: [fetch, ...props.processes.map(process => containerOf(process, image))],
      targets: balancer.targets.map(({ served, group, listener }) => ({
        container: containerAt(served),
        port: served.targetPort,
        groupArn: group.ref,
        listener,
      })),
    });
    asset.grantRead(service.taskRole);
    acknowledge(
      service.taskRole,
      'it reads its own files from the bucket that the bootstrap made for such files',
      'AwsSolutions-IAM5[Action::s3:GetBucket*]',
      'AwsSolutions-IAM5[Action::s3:GetObject*]',
      'AwsSolutions-IAM5[Action::s3:List*]',
      `AwsSolutions-IAM5[Resource::arn:aws:s3:::${asset.s3BucketName.replace(/\$\{.*?\}/g, '')}/*]`,
    );
    return service;
  }
}

const containerOf = ({ name, command }: MonitorProcess, image: string): TaskContainer => ({
  name,
  image,
  command,
  essential: true,
  after: CONFIGURATION,
  ports: MONITOR_PORTS.filter(({ container }) => container === name).flatMap(({ protocol, port }) =>
    protocolsOf(protocol).map(each => ({ port, protocol: each })),
  ),
  mounts: [
    { volume: CONFIGURATION, folder: MONITOR_FOLDER, readOnly: true },
    { volume: DATA, folder: MONITOR_DATA, readOnly: false },
  ],
});

const containerAt = ({ targetPort }: ServedPort): string => MONITOR_PORTS.find(({ port }) => port === targetPort)?.container ?? '';
