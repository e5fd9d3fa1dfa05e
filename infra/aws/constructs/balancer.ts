import { CfnListener, CfnLoadBalancer, CfnTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct, type IDependable } from 'constructs';
import { acknowledge } from '../policy/acknowledge.js';

export interface Door {
  readonly protocol: 'TCP' | 'UDP' | 'TCP_UDP';
  /** The port that clients know. */
  readonly port: number;
  readonly targetPort: number;
  readonly targetName: string;
  /** TCP port that answers while a target is well. */
  readonly healthPort: number;
}

/** Where a balancer writes who asked. */
export interface BalancerLogs {
  readonly bucket: string;
  /** What lets it write there, where that is made in the same stack: AWS tries before it makes the balancer. */
  readonly allowedBy: IDependable | undefined;
}

export interface BalancerProps {
  readonly name: string;
  readonly vpcId: string;
  readonly groupId: string;
  /** A subnet of each zone, and the balancer's own address in it. */
  readonly places: readonly { readonly subnetId: string; readonly address: string }[];
  readonly logs: BalancerLogs;
  readonly doors: readonly Door[];
}

/** An internal load balancer at fixed addresses: they are the plan's, so that who asks for them needs no look-up. */
export class Balancer extends Construct {
  readonly balancer: CfnLoadBalancer;
  readonly targets: readonly { readonly door: Door; readonly group: CfnTargetGroup; readonly listener: CfnListener }[];

  constructor(scope: Construct, id: string, { name, vpcId, groupId, places, logs, doors }: BalancerProps) {
    super(scope, id);
    this.balancer = new CfnLoadBalancer(this, 'Balancer', {
      name,
      type: 'network',
      scheme: 'internal',
      securityGroups: [groupId],
      subnetMappings: places.map(({ subnetId, address }) => ({ subnetId, privateIPv4Address: address })),
      loadBalancerAttributes: [
        { key: 'load_balancing.cross_zone.enabled', value: 'true' },
        { key: 'deletion_protection.enabled', value: 'true' },
        { key: 'access_logs.s3.enabled', value: 'true' },
        { key: 'access_logs.s3.bucket', value: logs.bucket },
        { key: 'access_logs.s3.prefix', value: name },
      ],
    });
    if (logs.allowedBy !== undefined) this.balancer.node.addDependency(logs.allowedBy);
    acknowledge(
      this,
      "it hands packets on as they are, inside tunnels that are encrypted; the inventory's flows say which ports systems speak on",
      'NIST.800.53.R5-ELBv2ACMCertificateRequired',
    );
    this.targets = doors.map(door => ({ door, ...this.#open(door, vpcId) }));
  }

  #open({ protocol, port, targetPort, targetName, healthPort }: Door, vpcId: string) {
    const group = new CfnTargetGroup(this, `Targets-${protocol}-${port}`, {
      name: targetName,
      vpcId,
      protocol,
      port: targetPort,
      targetType: 'ip',
      healthCheckProtocol: 'TCP',
      healthCheckPort: String(healthPort),
      healthCheckIntervalSeconds: 10,
      healthyThresholdCount: 2,
      unhealthyThresholdCount: 2,
      targetGroupAttributes: [{ key: 'deregistration_delay.timeout_seconds', value: '30' }],
    });
    const listener = new CfnListener(this, `Door-${protocol}-${port}`, {
      loadBalancerArn: this.balancer.ref,
      protocol,
      port,
      defaultActions: [{ type: 'forward', targetGroupArn: group.ref }],
    });
    return { group, listener };
  }
}
