import type { Metric } from './metric.js';

/** What the rules record: the inventory as series, and every element's state as this site's observer sees it. */
export const RECORDED = {
  'citydc:node_info': {
    type: 'gauge',
    unit: 'info',
    help: 'Always 1: a site, aggregation node or external of the inventory, with the number of offices behind it.',
    labels: ['node', 'kind', 'name_vi', 'name_en', 'offices'],
  },
  'citydc:link_info': {
    type: 'gauge',
    unit: 'info',
    help: 'Always 1: a link of the inventory whose state this site can know. `node` is its far end; `endpoint` is there for a line of an office.',
    labels: ['link', 'kind', 'node', 'endpoint', 'carrier', 'offices'],
  },
  'citydc:endpoint_info': {
    type: 'gauge',
    unit: 'info',
    help: 'Always 1: an office of the inventory. `node` is its aggregation node.',
    labels: ['endpoint', 'node', 'class', 'district', 'name_vi', 'name_en'],
  },
  'citydc:observer_started': {
    type: 'gauge',
    unit: 'seconds',
    help: "When this site's Prometheus started, Unix time: by a rule that it is started with, so that it knows before its first scrape.",
    labels: [],
  },
  'citydc:observer_settled': {
    type: 'gauge',
    unit: 'boolean',
    help: '1 when this site has been running and reaching others long enough for its view to be trusted.',
    labels: [],
  },
  'citydc:observer_speaks': {
    type: 'gauge',
    unit: 'boolean',
    help: '1 at the one site whose alerts are notified: the primary while its monitor judges, else the backup.',
    labels: [],
  },
  'citydc:node_state': {
    type: 'gauge',
    unit: 'state',
    help: 'State of a site, aggregation node or external: 0 up, 1 down, 2 behind a dead parent, -1 unknown.',
    labels: ['node', 'kind'],
  },
  'citydc:link_state': {
    type: 'gauge',
    unit: 'state',
    help: 'State of a link: 0 up, 1 down, 2 behind a dead parent, -1 unknown.',
    labels: ['link', 'kind', 'node', 'endpoint'],
  },
  'citydc:endpoint_state': {
    type: 'gauge',
    unit: 'state',
    help: 'State of an office: 0 up, 1 down, 2 behind a dead parent, -1 unknown.',
    labels: ['endpoint', 'node'],
  },
  'citydc:agent_fresh': {
    type: 'gauge',
    unit: 'boolean',
    help: '1 when the agent of an office has been heard of in the last half minute, else 0.',
    labels: ['endpoint', 'node'],
  },
  'citydc:equipment_missing': {
    type: 'gauge',
    unit: 'count',
    help: 'Devices that the inventory expects at an office and its agent does not find, by kind; absent where the agent cannot look.',
    labels: ['endpoint', 'kind'],
  },
} as const satisfies Record<string, Metric>;
