import { CfnListener, CfnLoadBalancer, CfnTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct, type IDependable } from 'constructs';
import { acknowledge } from '../policy/acknowledge.js';

/** A port of a load balancer, and the targets behind it. */
export interface ServedPort {
  readonly protocol: 'TCP' | 'UDP' | 'TCP_UDP';
  /** The port that clients know. */
  readonly port: number;
  readonly targetPort: number;
  readonly targetName: string;
  /** TCP port that answers while a target is healthy. */
  readonly healthPort: number;
}

/** Where a balancer writes its access log. */
export interface BalancerLogs {
  readonly bucket: string;
  /** The policy by which it may write there, when that is in the same stack: AWS tries to write before it makes the balancer. */
  readonly allowedBy: IDependable | undefined;
}

export interface BalancerProps {
  readonly name: string;
  readonly vpcId: string;
  readonly groupId: string;
  /** A subnet of each zone, and the balancer's own address in it. */
  readonly places: readonly { readonly subnetId: string; readonly address: string }[];
  readonly logs: BalancerLogs;
  readonly ports: readonly ServedPort[];
}

/** An internal load balancer at fixed addresses: they come from the address plan, so that records and rules need no look-up. */
export class Balancer extends Construct {
  readonly balancer: CfnLoadBalancer;
  readonly targets: readonly { readonly served: ServedPort; readonly group: CfnTargetGroup; readonly listener: CfnListener }[];

  constructor(scope: Construct, id: string, { name, vpcId, groupId, places, logs, ports }: BalancerProps) {
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
      "it forwards packets unchanged, inside encrypted tunnels; the inventory's flows name the systems' ports",
      'NIST.800.53.R5-ELBv2ACMCertificateRequired',
    );
    this.targets = ports.map(served => ({ served, ...this.#open(served, vpcId) }));
  }

  #open({ protocol, port, targetPort, targetName, healthPort }: ServedPort, vpcId: string) {
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
