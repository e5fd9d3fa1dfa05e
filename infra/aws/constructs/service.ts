import { CfnService, CfnTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import type { CfnListener } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { acknowledge } from '../policy/acknowledge.js';

export interface TaskContainer {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly ports?: readonly { readonly port: number; readonly protocol: 'tcp' | 'udp' }[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Variable → the secret's ARN and key, as Secrets Manager names them; its value is read when the container starts. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Name of a container that must have succeeded before this one starts. */
  readonly after?: string;
  /** Folders on volumes, which the task's containers share by name. Everything else in a container is read-only. */
  readonly mounts?: readonly { readonly volume: string; readonly folder: string; readonly readOnly: boolean }[];
  /** Whether the task ends with it; a container that only prepares does not end it. */
  readonly essential: boolean;
}

export interface ServiceProps {
  readonly name: string;
  readonly family: string;
  readonly clusterArn: string;
  /** Number of tasks; a failover changes it, and the next deployment resets it to the inventory's. */
  readonly desired: number;
  readonly vcpu: number;
  readonly memoryGib: number;
  readonly containers: readonly TaskContainer[];
  readonly subnetIds: readonly string[];
  readonly groupId: string;
  /** The log group of its containers. */
  readonly logs: { readonly name: string; readonly arn: string };
  /** What AWS may fetch to start a task: repositories of its images, and secrets with the key that opens them. */
  readonly fetches: { readonly repositoryArns: readonly string[]; readonly secretArns: readonly string[]; readonly keyArn: string };
  readonly targets: readonly {
    readonly container: string;
    readonly port: number;
    readonly groupArn: string;
    readonly listener: CfnListener;
  }[];
}

/** Tasks on Fargate behind load balancers; a deployment that does not come up is rolled back. */
export class Service extends Construct {
  readonly service: CfnService;
  /** The role of the application itself: without rights, until a pattern grants some. */
  readonly taskRole: Role;

  constructor(scope: Construct, id: string, props: ServiceProps) {
    super(scope, id);
    this.taskRole = new Role(this, 'TaskRole', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });
    const executionRole = fetchingRole(this, props);
    const task = new CfnTaskDefinition(this, 'Task', {
      family: props.family,
      cpu: String(props.vcpu * 1024),
      memory: String(props.memoryGib * 1024),
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      runtimePlatform: { cpuArchitecture: 'X86_64', operatingSystemFamily: 'LINUX' },
      executionRoleArn: executionRole.roleArn,
      taskRoleArn: this.taskRole.roleArn,
      volumes: volumesOf(props.containers).map(name => ({ name })),
      containerDefinitions: props.containers.map(container => definition(container, props, Stack.of(this).region)),
    });
    acknowledge(task, 'variables contain sites, ports and addresses only; secrets come from Secrets Manager', 'AwsSolutions-ECS2');
    this.service = new CfnService(this, 'Service', {
      serviceName: props.name,
      cluster: props.clusterArn,
      taskDefinition: task.ref,
      desiredCount: props.desired,
      launchType: 'FARGATE',
      platformVersion: '1.4.0',
      propagateTags: 'SERVICE',
      enableEcsManagedTags: true,
      deploymentConfiguration: {
        minimumHealthyPercent: 100,
        maximumPercent: 200,
        deploymentCircuitBreaker: { enable: true, rollback: true },
      },
      networkConfiguration: {
        awsvpcConfiguration: { subnets: [...props.subnetIds], securityGroups: [props.groupId], assignPublicIp: 'DISABLED' },
      },
      loadBalancers: props.targets.map(({ container, port, groupArn }) => ({
        containerName: container,
        containerPort: port,
        targetGroupArn: groupArn,
      })),
      healthCheckGracePeriodSeconds: 60,
    });
    // AWS refuses a target group without a listener, and a task that starts before its rights fails.
    this.service.node.addDependency(this.taskRole, executionRole, ...props.targets.map(({ listener }) => listener));
  }
}

/** The role by which AWS starts a task of this service; the application does not have it, and no other service does. */
function fetchingRole(scope: Construct, { logs, fetches: { repositoryArns, secretArns, keyArn } }: ServiceProps): Role {
  const role = new Role(scope, 'ExecutionRole', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });
  const allow = (actions: string[], ...resources: readonly string[]) =>
    role.addToPolicy(new PolicyStatement({ actions, resources: [...resources] }));
  allow(['ecr:GetAuthorizationToken'], '*');
  allow(['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'], ...repositoryArns);
  allow(['logs:CreateLogStream', 'logs:PutLogEvents'], logs.arn);
  if (secretArns.length > 0) {
    allow(['secretsmanager:GetSecretValue'], ...secretArns);
    allow(['kms:Decrypt'], keyArn);
  }
  acknowledge(
    role,
    'a token for the registry has no resource; each task has a log stream of its own',
    'AwsSolutions-IAM5[Resource::*]',
    `AwsSolutions-IAM5[Resource::${logs.arn}]`,
  );
  return role;
}

const volumesOf = (containers: readonly TaskContainer[]): readonly string[] => [
  ...new Set(containers.flatMap(({ mounts = [] }) => mounts.map(({ volume }) => volume))),
];

function definition(
  container: TaskContainer,
  { logs, family }: ServiceProps,
  region: string,
): CfnTaskDefinition.ContainerDefinitionProperty {
  const { name, image, command, ports = [], environment = {}, secrets = {}, after, mounts = [], essential } = container;
  return {
    name,
    image,
    essential,
    readonlyRootFilesystem: true,
    ...(command === undefined ? {} : { command: [...command] }),
    portMappings: ports.map(({ port, protocol }) => ({ containerPort: port, protocol })),
    environment: Object.entries(environment).map(([variable, value]) => ({ name: variable, value })),
    secrets: Object.entries(secrets).map(([variable, valueFrom]) => ({ name: variable, valueFrom })),
    dependsOn: after === undefined ? [] : [{ containerName: after, condition: 'SUCCESS' }],
    mountPoints: mounts.map(({ volume, folder, readOnly }) => ({ sourceVolume: volume, containerPath: folder, readOnly })),
    logConfiguration: {
      logDriver: 'awslogs',
      options: { 'awslogs-group': logs.name, 'awslogs-region': region, 'awslogs-stream-prefix': family },
    },
  };
}
