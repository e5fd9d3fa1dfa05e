import type { City, ElementNumber, Endpoint, Link, Node } from '../../infra/city/model.js';
import { farEnd, linkName, nodeName, nodesOf } from '../../infra/city/model.js';
import { officesBehind, officesOver, watchedLinks } from './links.js';
import type { Group, Recording } from './rule.js';

/** It changes with a reload only; often enough that a fresh Prometheus knows the city before it may judge. */
const INTERVAL = '15s';

/** The inventory as series: what is in it and does not answer is unknown or down, and never just missing. */
export const inventoryGroup = (city: City, site: ElementNumber): Group<Recording> => ({
  name: 'inventory',
  interval: INTERVAL,
  rules: [
    ...[...city.sites, ...city.aggregations, ...city.externals].map(node => nodeInfo(city, node)),
    ...watchedLinks(city, site).map(link => linkInfo(city, link, site)),
    ...city.links.filter(({ kind }) => kind === 'access' || kind === 'internet').map(link => lineInfo(city, link)),
    ...city.endpoints.map(endpointInfo),
  ],
});

const ALWAYS = 'vector(1)';

const nodeInfo = (city: City, node: Node): Recording => ({
  record: 'citydc:node_info',
  expr: ALWAYS,
  labels: { node: nodeName(node), kind: node.kind, ...names(node), offices: `${officesBehind(city, node.number)}` },
});

const linkInfo = (city: City, link: Link, site: ElementNumber): Recording => ({
  record: 'citydc:link_info',
  expr: ALWAYS,
  labels: {
    link: linkName(link),
    kind: link.kind,
    node: nodeName(nodesOf(city).get(farEnd(link, site)) as Node),
    carrier: link.carrier,
    offices: `${officesOver(city, link, site)}`,
  },
});

/** An office's own line. Its parent is what the office is behind. */
function lineInfo(city: City, link: Link): Recording {
  const endpoint = city.endpoints.find(({ number }) => link.ends.includes(number)) as Endpoint;
  return {
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
  };
}

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
