import type { ElementNumber } from '../../infra/city/identity.js';
import type { City, Endpoint, Link, Node } from '../../infra/city/model.js';
import { farEnd, linkName, nodeName, nodesOf } from '../../infra/city/model.js';
import { officesBehind, watchedLinks } from './links.js';
import type { Recording, RuleGroup } from './rule.js';

/** It changes with a reload only; often enough that a fresh Prometheus knows the city before it may judge. */
const INTERVAL = '15s';

/** The inventory as series: what is in it and does not answer is unknown or down, and never just missing. */
export function inventoryGroup(city: City, site: ElementNumber): RuleGroup<Recording> {
  const [nodes, behind] = [nodesOf(city), officesBehind(city)];
  return {
    name: 'inventory',
    interval: INTERVAL,
    rules: [
      ...[...city.sites, ...city.aggregations, ...city.externals].map(node => nodeInfo(node, behind(node.number))),
      // What a link leads to from a site; a line between sites or to externals stands before all.
      ...watchedLinks(city, site).map(link => linkInfo(link, nodes.get(farEnd(link, site)) as Node, behind(farEnd(link, site)))),
      ...city.links.filter(({ kind }) => kind === 'access' || kind === 'internet').map(link => lineInfo(link, officeOf(link, nodes))),
      ...city.endpoints.map(endpointInfo),
    ],
  };
}

const ALWAYS = 'vector(1)';

const nodeInfo = (node: Node, offices: number): Recording => ({
  record: 'citydc:node_info',
  expr: ALWAYS,
  labels: { node: nodeName(node), kind: node.kind, ...names(node), offices: `${offices}` },
});

const linkInfo = (link: Link, far: Node, offices: number): Recording => ({
  record: 'citydc:link_info',
  expr: ALWAYS,
  labels: {
    link: linkName(link),
    kind: link.kind,
    node: nodeName(far),
    carrier: link.carrier,
    offices: `${offices}`,
  },
});

const officeOf = ({ ends }: Link, nodes: ReadonlyMap<ElementNumber, Node>): Endpoint =>
  ends.map(end => nodes.get(end)).find(node => node?.kind === 'endpoint') as Endpoint;

/** An office's own line. Its parent is what the office is behind. */
const lineInfo = (link: Link, endpoint: Endpoint): Recording => ({
  record: 'citydc:link_info',
  expr: ALWAYS,
  labels: {
    link: linkName(link),
    kind: link.kind,
    node: `n${endpoint.aggregation}`,
    endpoint: nodeName(endpoint),
    carrier: link.carrier,
    offices: '1',
  },
});

const endpointInfo = (endpoint: Endpoint): Recording => ({
  record: 'citydc:endpoint_info',
  expr: ALWAYS,
  labels: {
    endpoint: nodeName(endpoint),
    node: `n${endpoint.aggregation}`,
    class: endpoint.class,
    district: endpoint.district ?? '',
    ...names(endpoint),
  },
});

const names = ({ name }: Node) => ({ name_vi: name.vi, name_en: name.en });
