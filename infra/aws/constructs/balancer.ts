import { CfnListener, CfnLoadBalancer, CfnTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
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

export interface BalancerProps {
  readonly name: string;
  readonly vpcId: string;
  readonly groupId: string;
  /** A subnet of each zone, and the balancer's own address in it. */
  readonly places: readonly { readonly subnetId: string; readonly address: string }[];
  /** The bucket of its access log. */
  readonly logsBucket: string;
  readonly ports: readonly ServedPort[];
}

/** An internal load balancer at fixed addresses: they come from the address plan, so that records and rules need no look-up. */
export class Balancer extends Construct {
  readonly balancer: CfnLoadBalancer;
  readonly targets: readonly { readonly served: ServedPort; readonly group: CfnTargetGroup; readonly listener: CfnListener }[];

  constructor(scope: Construct, id: string, { name, vpcId, groupId, places, logsBucket, ports }: BalancerProps) {
    super(scope, id);
    this.balancer = new CfnLoadBalancer(this, 'Balancer', {
      name,
      type: 'network',
      scheme: 'internal',
      securityGroups: [groupId],
      subnetMappings: places.map(({ subnetId, address }) => ({ subnetId, privateIPv4Address: address })),
      loadBalancerAttributes: [
        { key: 'load_balancing.cross_zone.enabled', value: 'true' },
        { key: 'access_logs.s3.enabled', value: 'true' },
        { key: 'access_logs.s3.bucket', value: logsBucket },
        { key: 'access_logs.s3.prefix', value: name },
      ],
    });
    acknowledge(
      this,
      'it keeps no state, and its name and addresses are computed: protected, it would keep a failed deployment from being rolled back',
      'NIST.800.53.R5-ELBDeletionProtectionEnabled',
    );
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
