import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { City } from '../../city/model.js';
import type { AwsHandoff } from '../../city/targets/aws/plan.js';
import { logGroup } from '../constructs/logs.js';
import { CircuitHandoff, VpnHandoff } from '../patterns/handoffs.js';
import type { Deployment } from '../plan/deployment.js';
import { type SiteOnAws, shardOf, siteNames } from '../plan/names.js';
import { taggable } from '../plan/tags.js';
import { AwsStack } from './city-stack.js';

/** One shard of the nodes at one site; the number of a node decides its shard, for life. */
export class NodesStack extends AwsStack {
  constructor(scope: Construct, deployment: Deployment, place: SiteOnAws, shard: number) {
    super(scope, { deployment, place, kind: `nodes-${shard}`, description: `Lines of nodes, shard ${shard}`, stateful: false });
    const { city } = deployment;
    const here = handoffsAt(deployment, place).filter(({ node }) => shardOf(node) === shard);
    const topicArn = this.published('alarm-topic');
    const vpns = here.filter(handoff => handoff.kind === 'vpn');
    const circuits = here.filter(handoff => handoff.kind === 'direct-connect');
    const title = (handoff: AwsHandoff) => titleOf(city, handoff);
    if (vpns.length > 0) {
      const logs = logGroup(this, 'Logs', `${siteNames(place).tunnelLogs}-${shard}`, Key.fromKeyArn(this, 'Key', this.published('key')));
      const shared = { place, topicArn, transitGatewayId: this.published('transit-gateway'), logGroupArn: logs.logGroupArn };
      for (const vpn of vpns) new VpnHandoff(this, `Node${vpn.node}`, { ...shared, title: title(vpn) }, vpn);
    }
    for (const circuit of circuits)
      new CircuitHandoff(
        this,
        `Node${circuit.node}`,
        { place, topicArn, title: title(circuit), directConnectGatewayId: this.published('direct-connect-gateway') },
        circuit,
      );
  }
}

/** The lines that end at a site: VPNs at both, circuits at the primary's gateway, which leads to both. */
const handoffsAt = ({ city, primary }: Deployment, place: SiteOnAws): readonly AwsHandoff[] =>
  city.aws.handoffs.filter(({ kind, node }) => (kind === 'vpn' || place === primary) && titleOf(city, { node }) !== '');

/** The shards that a site has, in order. */
export const shardsAt = (deployment: Deployment, place: SiteOnAws): readonly number[] =>
  [...new Set(handoffsAt(deployment, place).map(({ node }) => shardOf(node)))].toSorted((a, b) => a - b);

/** A node's name for people; empty when the city does not have the node. */
const titleOf = ({ aggregations, externals }: City, { node }: Pick<AwsHandoff, 'node'>): string =>
  taggable([...aggregations, ...externals].find(({ number }) => number === node)?.name.en ?? '');
