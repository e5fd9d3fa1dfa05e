import { CfnDirectConnectGateway, CfnDirectConnectGatewayAssociation } from 'aws-cdk-lib/aws-directconnect';
import {
  CfnRoute,
  CfnTransitGateway,
  CfnTransitGatewayPeeringAttachment,
  CfnTransitGatewayRoute,
  CfnTransitGatewayRouteTable,
  CfnTransitGatewayRouteTableAssociation,
  CfnTransitGatewayRouteTablePropagation,
  CfnTransitGatewayVpcAttachment,
} from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnCondition, CfnParameter, Duration, Fn } from 'aws-cdk-lib/core';
import { AwsCustomResource, AwsCustomResourcePolicy, PhysicalResourceId } from 'aws-cdk-lib/custom-resources';
import type { Construct } from 'constructs';
import type { Deployment } from '../plan/deployment.js';
import { DIRECT_CONNECT_ASN, planOf, type SiteOnAws, siteNames } from '../plan/names.js';
import { LEAVING_SEGMENTS } from '../plan/routes.js';
import { acknowledge } from '../policy/acknowledge.js';
import { AwsStack } from './city-stack.js';

/**
 * A region's transit gateway. Lines of nodes use one route table, which has only sites, and propagate their routes to another, which only
 * sites use: no office reaches another, whatever routes its node announces.
 */
export class NetworkStack extends AwsStack {
  readonly #gateway: CfnTransitGateway;
  readonly #forNodes: CfnTransitGatewayRouteTable;
  readonly #forSites: CfnTransitGatewayRouteTable;

  constructor(scope: Construct, deployment: Deployment, place: SiteOnAws) {
    super(scope, { deployment, place, kind: 'network', description: 'Transit gateway of the data network', stateful: false });
    const name = siteNames(place).transitGateway;
    this.#gateway = new CfnTransitGateway(this, 'Gateway', {
      description: name,
      amazonSideAsn: place.asn,
      autoAcceptSharedAttachments: 'disable',
      // Until the tables are there; see #defaults.
      defaultRouteTableAssociation: 'disable',
      defaultRouteTablePropagation: 'disable',
      dnsSupport: 'enable',
      vpnEcmpSupport: 'enable',
      tags: [{ key: 'Name', value: name }],
    });
    const table = (id: string, what: string) =>
      new CfnTransitGatewayRouteTable(this, id, { transitGatewayId: this.#gateway.ref, tags: [{ key: 'Name', value: `${name}-${what}` }] });
    this.#forNodes = table('ForNodes', 'nodes');
    this.#forSites = table('ForSites', 'sites');
    const attachment = this.#attachSite();
    const defaults = this.#defaults();
    this.#routes(attachment);
    this.#peering(defaults);
    this.publish('transit-gateway', this.#gateway.ref);
    this.output('TransitGateway', this.#gateway.ref, 'parameter PeerTransitGateway of the other site');
  }

  #attachSite(): CfnTransitGatewayVpcAttachment {
    const { availabilityZones } = this.deployment.city.aws;
    const attachment = new CfnTransitGatewayVpcAttachment(this, 'Site', {
      transitGatewayId: this.#gateway.ref,
      vpcId: this.published('vpc'),
      subnetIds: Array.from({ length: availabilityZones }, (_, zone) => this.published(`subnet-attachment-${zone}`)),
      tags: [{ key: 'Name', value: siteNames(this.place).vpc }],
    });
    new CfnTransitGatewayRouteTableAssociation(this, 'SiteAsks', {
      transitGatewayAttachmentId: attachment.ref,
      transitGatewayRouteTableId: this.#forSites.ref,
    });
    new CfnTransitGatewayRouteTablePropagation(this, 'SiteTells', {
      transitGatewayAttachmentId: attachment.ref,
      transitGatewayRouteTableId: this.#forNodes.ref,
    });
    return attachment;
  }

  /**
   * Makes the two tables the defaults for later lines: CloudFormation does not return the attachment of a VPN, so that it cannot be put into
   * a table, and a gateway cannot be created with tables of its own. One call a region, at any size.
   */
  #defaults(): AwsCustomResource {
    const { account, region } = this;
    const call = {
      service: 'EC2',
      action: 'modifyTransitGateway',
      parameters: {
        TransitGatewayId: this.#gateway.ref,
        Options: {
          DefaultRouteTableAssociation: 'enable',
          AssociationDefaultRouteTableId: this.#forNodes.ref,
          DefaultRouteTablePropagation: 'enable',
          PropagationDefaultRouteTableId: this.#forSites.ref,
        },
      },
      physicalResourceId: PhysicalResourceId.of('default-route-tables'),
    };
    const defaults = new AwsCustomResource(this, 'Defaults', {
      resourceType: 'Custom::DefaultRouteTables',
      onUpdate: call,
      installLatestAwsSdk: false,
      timeout: Duration.minutes(2),
      policy: AwsCustomResourcePolicy.fromStatements([
        new PolicyStatement({
          actions: ['ec2:ModifyTransitGateway'],
          resources: [
            `arn:aws:ec2:${region}:${account}:transit-gateway/${this.#gateway.ref}`,
            `arn:aws:ec2:${region}:${account}:transit-gateway-route-table/${this.#forNodes.ref}`,
            `arn:aws:ec2:${region}:${account}:transit-gateway-route-table/${this.#forSites.ref}`,
          ],
        }),
      ]),
    });
    acknowledge(
      this.node.findChild(CALLER),
      "the library's own: it is called once, by CloudFormation, to change one gateway",
      'NIST.800.53.R5-LambdaConcurrency',
      'NIST.800.53.R5-LambdaDLQ',
      'NIST.800.53.R5-LambdaInsideVPC',
      'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]',
    );
    // What is attached after the change is put into the default tables: the site must have its own table before.
    defaults.node.addDependency(...this.node.children.filter(({ node }) => node.id.startsWith('Site')));
    return defaults;
  }

  /** From a site to everything of the city that is not at the site; routes to its own addresses are more specific. */
  #routes(attachment: CfnTransitGatewayVpcAttachment): void {
    const { plan, externals } = this.deployment.city;
    const away = [plan.endpoints, plan.infrastructure, ...externals.flatMap(({ prefixes }) => prefixes)];
    for (const segment of LEAVING_SEGMENTS)
      for (const cidr of away) {
        const route = new CfnRoute(this, `Route-${segment}-${cidr.replace('/', '-')}`, {
          routeTableId: this.published(`routes-${segment}`),
          destinationCidrBlock: cidr,
          transitGatewayId: this.#gateway.ref,
        });
        route.addResourceDependency(attachment);
      }
  }

  /**
   * Between the regions. AWS assigns the gateways' ids, so that the other's id is a parameter of a second deployment, and the request must be
   * accepted by hand or by a program. Until then the sites do not reach each other: nodes carry no traffic between them.
   */
  #peering(defaults: AwsCustomResource): void {
    const { primary, backup } = this.deployment;
    const other = this.place === primary ? backup : primary;
    const given = this.#optional('PeeringAttachment', 'tgw-attach-00000000', 'the accepted peering attachment, as tgw-attach-…');
    if (this.place === primary) this.#requestPeering(other, defaults);
    const route = new CfnTransitGatewayRoute(this, 'OtherSite', {
      transitGatewayRouteTableId: this.#forSites.ref,
      destinationCidrBlock: planOf(this.deployment.city).lan(other.site.number).v4,
      transitGatewayAttachmentId: given.value,
    });
    route.cfnOptions.condition = given.condition;
  }

  #requestPeering(other: SiteOnAws, defaults: AwsCustomResource): void {
    const peer = this.#optional('PeerTransitGateway', 'tgw-00000000', "the other site's transit gateway, as tgw-…");
    const request = new CfnTransitGatewayPeeringAttachment(this, 'Peering', {
      transitGatewayId: this.#gateway.ref,
      peerTransitGatewayId: peer.value,
      peerAccountId: other.account,
      peerRegion: other.region,
      tags: [{ key: 'Name', value: `${siteNames(this.place).transitGateway}-s${other.site.number}` }],
    });
    request.cfnOptions.condition = peer.condition;
    this.#circuits(peer, defaults);
  }

  /** One Direct Connect gateway for both regions' transit gateways. It is in the primary's stack, and depends on no region itself. */
  #circuits(peer: Optional, defaults: AwsCustomResource): void {
    if (!this.#hasCircuits()) return;
    const plan = planOf(this.deployment.city);
    const gateway = new CfnDirectConnectGateway(this, 'Circuits', {
      directConnectGatewayName: siteNames(this.place).transitGateway,
      amazonSideAsn: String(DIRECT_CONNECT_ASN),
    });
    const associate = (id: string, gatewayId: string, place: SiteOnAws) => {
      const association = new CfnDirectConnectGatewayAssociation(this, id, {
        directConnectGatewayId: gateway.attrDirectConnectGatewayId,
        associatedGatewayId: gatewayId,
        allowedPrefixesToDirectConnectGateway: [plan.lan(place.site.number).v4],
      });
      // It is put into the tables that are the defaults when it is made; the other region's stack is deployed before its id is given.
      association.node.addDependency(defaults);
      return association;
    };
    associate('CircuitsHere', this.#gateway.ref, this.deployment.primary);
    associate('CircuitsThere', peer.value, this.deployment.backup).cfnOptions.condition = peer.condition;
    this.publish('direct-connect-gateway', gateway.attrDirectConnectGatewayId);
  }

  #hasCircuits(): boolean {
    return this.deployment.city.aws.handoffs.some(({ kind }) => kind === 'direct-connect');
  }

  /** A value of a second deployment. Its placeholder has the form of a value: AWS checks the form wherever it is used. */
  #optional(name: string, nothing: string, description: string): Optional {
    const parameter = new CfnParameter(this, name, { type: 'String', default: nothing, description });
    const condition = new CfnCondition(this, `Has${name}`, {
      expression: Fn.conditionNot(Fn.conditionEquals(parameter.valueAsString, nothing)),
    });
    return { value: parameter.valueAsString, condition };
  }
}

/** The one function of a stack that makes calls for it. */
const CALLER = 'AWS679f53fac002430cb0da5b7982bd2287';

interface Optional {
  readonly value: string;
  readonly condition: CfnCondition;
}
