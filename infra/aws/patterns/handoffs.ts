import { CfnTransitVirtualInterface } from 'aws-cdk-lib/aws-directconnect';
import { CfnCustomerGateway, CfnVPNConnection } from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import type { AwsHandoff } from '../../city/targets/aws/plan.js';
import { alarm } from '../constructs/alarm.js';
import { handoffNames, routerAsn, type SiteOnAws, tunnelAddresses } from '../plan/names.js';
import { HOLD_SECONDS, TUNNEL_CRYPTOGRAPHY } from '../vpn/tunnels.js';

/** ASNs above it have a property of their own; the library does not check that. */
const LARGEST_SHORT_ASN = 2_147_483_647;

interface HandoffProps {
  readonly place: SiteOnAws;
  /** The node's name for people; used in a tag only. */
  readonly title: string;
  readonly topicArn: string;
}

export interface VpnProps extends HandoffProps {
  readonly transitGatewayId: string;
  readonly logGroupArn: string;
}

/** A node's VPN to one site: two tunnels with BGP, at the addresses that its router's configuration has. */
export class VpnHandoff extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { place, title, transitGatewayId, logGroupArn, topicArn }: VpnProps,
    handoff: AwsHandoff & { kind: 'vpn' },
  ) {
    super(scope, id);
    const names = handoffNames(place, handoff);
    const asn = routerAsn(handoff);
    const gateway = new CfnCustomerGateway(this, 'Router', {
      type: 'ipsec.1',
      ipAddress: handoff.customerGateway,
      ...(asn > LARGEST_SHORT_ASN ? { bgpAsnExtended: asn } : { bgpAsn: asn }),
      tags: tags(names.connection, title),
    });
    const vpn = new CfnVPNConnection(this, 'Vpn', {
      type: 'ipsec.1',
      customerGatewayId: gateway.ref,
      transitGatewayId,
      staticRoutesOnly: false,
      tunnelInsideIpVersion: 'ipv4',
      preSharedKeyStorage: 'SecretsManager',
      vpnTunnelOptionsSpecifications: ([0, 1] as const).map(tunnel =>
        tunnelOptions(tunnelAddresses(place, handoff.node, tunnel).cidr, logGroupArn),
      ),
      tags: tags(names.connection, title),
    });
    tunnelAlarm(this, names.tunnelAlarm, handoff.node, topicArn, {
      namespace: 'AWS/VPN',
      name: 'TunnelState',
      dimensions: { VpnId: vpn.ref },
    });
  }
}

const tunnelOptions = (tunnelInsideCidr: string, logGroupArn: string): CfnVPNConnection.VpnTunnelOptionsSpecificationProperty => ({
  tunnelInsideCidr,
  ikeVersions: [{ value: TUNNEL_CRYPTOGRAPHY.ike }],
  phase1EncryptionAlgorithms: [{ value: TUNNEL_CRYPTOGRAPHY.encryption }],
  phase2EncryptionAlgorithms: [{ value: TUNNEL_CRYPTOGRAPHY.encryption }],
  phase1IntegrityAlgorithms: [{ value: TUNNEL_CRYPTOGRAPHY.integrity }],
  phase2IntegrityAlgorithms: [{ value: TUNNEL_CRYPTOGRAPHY.integrity }],
  phase1DhGroupNumbers: [{ value: TUNNEL_CRYPTOGRAPHY.dhGroup }],
  phase2DhGroupNumbers: [{ value: TUNNEL_CRYPTOGRAPHY.dhGroup }],
  dpdTimeoutAction: 'restart',
  dpdTimeoutSeconds: HOLD_SECONDS,
  startupAction: 'add',
  logOptions: {
    cloudwatchLogOptions: {
      logEnabled: true,
      logGroupArn,
      logOutputFormat: 'json',
      bgpLogEnabled: true,
      bgpLogGroupArn: logGroupArn,
      bgpLogOutputFormat: 'json',
    },
  },
});

export interface CircuitProps extends HandoffProps {
  readonly directConnectGatewayId: string;
}

/** A node's Direct Connect circuit: one interface to the city's gateway, which leads to both regions. */
export class CircuitHandoff extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { place, title, directConnectGatewayId, topicArn }: CircuitProps,
    handoff: AwsHandoff & { kind: 'direct-connect' },
  ) {
    super(scope, id);
    const names = handoffNames(place, handoff);
    const circuit = new CfnTransitVirtualInterface(this, 'Circuit', {
      virtualInterfaceName: names.connection,
      connectionId: handoff.connection,
      directConnectGatewayId,
      vlan: handoff.vlan,
      bgpPeers: [{ addressFamily: 'ipv4', asn: String(routerAsn(handoff)) }],
      tags: tags(names.connection, title),
    });
    tunnelAlarm(this, names.tunnelAlarm, handoff.node, topicArn, {
      namespace: 'AWS/DX',
      name: 'VirtualInterfaceBgpStatus',
      dimensions: { ConnectionId: handoff.connection, VirtualInterfaceId: circuit.attrVirtualInterfaceId },
    });
  }
}

/** Only AWS sees this side of the line. */
const tunnelAlarm = (
  scope: Construct,
  name: string,
  node: number,
  topicArn: string,
  metric: { readonly namespace: string; readonly name: string; readonly dimensions: Readonly<Record<string, string>> },
) =>
  alarm(scope, 'Down', {
    name,
    description: `a line of n${node} to this region is down`,
    metric,
    statistic: 'Minimum',
    fires: { when: 'below', threshold: 1, minutes: 3 },
    missing: 'breaching',
    topicArn,
  });

const tags = (name: string, title: string) => [
  { key: 'Name', value: name },
  { key: 'description', value: title },
];
