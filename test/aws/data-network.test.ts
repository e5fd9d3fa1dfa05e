import { describe, expect, test } from 'vitest';
import { fullestTable } from '../../infra/aws/plan/routes.js';
import { load } from '../../infra/city/load/load.js';
import { DAY } from '../city/day.js';
import { largeInventory } from '../city/large-inventory.js';
import { toyCity } from '../city/toy.js';
import { canTho } from '../site/cities.js';
import { resourcesOf, templates } from './deployments.js';

const all = templates(canTho);
const handoffs = canTho.aws?.handoffs.length ?? 0;

describe('lines of nodes', () => {
  test('a VPN to each region, with BGP and its own ASN in the right property', () => {
    const gateways = [...resourcesOf(all, 'AWS::EC2::CustomerGateway').values()];
    expect(gateways).toHaveLength(2 * handoffs);
    expect(gateways.find(({ IpAddress }) => IpAddress === '203.0.113.67')).toMatchObject({ BgpAsnExtended: 4_200_000_067 });
    expect(gateways.some(gateway => 'BgpAsn' in gateway)).toBe(false);
    expect([...resourcesOf(all, 'AWS::EC2::VPNConnection').values()].every(({ StaticRoutesOnly }) => StaticRoutesOnly === false)).toBe(
      true,
    );
  });

  test("a router's own small ASN goes where small ones go", () => {
    const toy = toyCity();
    const handoffs = toy.aws?.handoffs.map(handoff => ({ ...handoff, asn: 64_600 + handoff.node })) ?? [];
    const own = templates({ ...toy, aws: toy.aws && { ...toy.aws, handoffs } });
    expect([...resourcesOf(own, 'AWS::EC2::CustomerGateway').values()].map(({ BgpAsn }) => BgpAsn)).toEqual([64_666, 64_666]);
  });

  test('a circuit is one, at the primary, to a gateway that leads to both regions', () => {
    const toy = templates(toyCity());
    expect([...resourcesOf(toy, 'AWS::DirectConnect::TransitVirtualInterface').keys()].map(id => id.split('/')[0])).toEqual([
      'toy-s1-nodes-0',
    ]);
    expect(resourcesOf(toy, 'AWS::DirectConnect::DirectConnectGatewayAssociation').size).toBe(2);
  });

  test('a circuit comes when the two tables are the defaults: what comes before is in none', () => {
    const { Resources = {} } = templates(toyCity()).get('toy-s1-network') ?? {};
    const [[defaults] = []] = Object.entries(Resources).filter(([, { Type }]) => Type === 'Custom::DefaultRouteTables');
    for (const id of ['CircuitsHere', 'CircuitsThere']) expect(Resources[id]?.DependsOn).toContain(defaults);
  });
});

test('a gateway stands in subnets of its own, where no address of the plan is', () => {
  for (const { SubnetIds } of resourcesOf(all, 'AWS::EC2::TransitGatewayVpcAttachment').values())
    expect(JSON.stringify(SubnetIds)).toMatch(/subnetattachment0.*subnetattachment1/);
});

describe('office to office', () => {
  test('lines ask a table in which only the site is, and announce to another', () => {
    for (const site of ['s1', 's2']) {
      const { Resources = {} } = all.get(`can-tho-${site}-network`) ?? {};
      const [[, gateway] = []] = Object.entries(Resources).filter(([, { Type }]) => Type === 'AWS::EC2::TransitGateway');
      // Nothing is in a table by itself before the two tables are the defaults.
      expect(gateway?.Properties).toMatchObject({ DefaultRouteTableAssociation: 'disable', DefaultRouteTablePropagation: 'disable' });
      const named = (type: string) => Object.values(Resources).filter(({ Type }) => Type === `AWS::EC2::TransitGatewayRouteTable${type}`);
      const [asks] = named('Association');
      const [announces] = named('Propagation');
      const tableOf = (resource: typeof asks | undefined) => JSON.stringify(resource?.Properties?.TransitGatewayRouteTableId);
      expect([tableOf(asks), tableOf(announces)]).toEqual(['{"Ref":"ForSites"}', '{"Ref":"ForNodes"}']);
      const [call] = Object.values(Resources).filter(({ Type }) => Type === 'Custom::DefaultRouteTables');
      const options = JSON.stringify(call?.Properties?.Create ?? call?.Properties?.Update);
      expect(options).toMatch(/AssociationDefaultRouteTableId.*ForNodes.*PropagationDefaultRouteTableId.*ForSites/);
      expect(call?.DependsOn).toEqual(expect.arrayContaining(['Site', 'SiteAsks', 'SiteTells']));
    }
  });
});

describe('10,000 offices', () => {
  const city = load(largeInventory(10_000), DAY);
  const large = templates(city);
  const sizes = [...large].map(([stack, { Resources }]) => [stack, Object.keys(Resources).length] as const);

  test('no stack is larger than 450 resources', () => expect(sizes.filter(([, size]) => size > 450)).toEqual([]));
  test('no template is larger than 1 MB, which CloudFormation takes', () =>
    expect([...large].filter(([, template]) => JSON.stringify(template).length > 1_000_000).map(([stack]) => stack)).toEqual([]));
  test('every node has its line at both sites, once', () =>
    expect(resourcesOf(large, 'AWS::EC2::VPNConnection').size).toBe(2 * city.aggregations.length));
  test('their routes fit the quota that the inventory states, and no smaller one', () => {
    expect(fullestTable(city)).toBeLessThanOrEqual(50_000);
    expect(fullestTable(city)).toBeGreaterThan(10_000);
  });
});
