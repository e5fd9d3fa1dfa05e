/** What the wall asks of what the offices' agents say. What an agent said last is true only while it is heard. */

import { select } from '../../../agents/contract/metrics/select.js';

const heard = (vector: string): string => `(${vector} and on (endpoint) (${select('citydc:agent_fresh')} == 1))`;
const INFO = select('citydc:endpoint_info');

const SCANNERS = heard(`max by (endpoint) (${select('citydc_equipment_found', { kind: 'scanner' })})`);
/** None while agents are heard of and none of them can look; no answer when no agent is heard of. */
const NONE = `sum(${select('citydc:agent_fresh')} == 1) * 0`;
export const OFFICES_WITH_SCANNER = `sum(${SCANNERS} > bool 0) or ${NONE}`;
export const OFFICES_WITHOUT_SCANNER = `sum(${SCANNERS} == bool 0) or ${NONE}`;
export const OFFICES_OF_UNKNOWN_SCANNER = `count(${INFO}) - (count(${SCANNERS}) or vector(0))`;
export const NO_SCANNER_LIST = `(${SCANNERS} == 0) * on (endpoint) group_left (node, name_vi, name_en, district) ${INFO}`;

/** From how many offices each system is reached. */
export const OFFICES_REACHING = `sum by (system) (${heard(`max by (endpoint, system) (${select('citydc_system_reachable')})`)})`;

/** As many bars as fit a panel. */
const WORST = 5;
/** Long enough to average some thirty bursts, short enough that a repaired line soon leaves the list. */
const WINDOW = '5m';

/** Paths to a dead site say nothing about an office. */
const DEAD_SITES = `label_replace(${select('citydc:node_state', { kind: 'site' })} == 1, "site", "$1", "node", "(.+)")`;
const worstPaths = (vector: string): string =>
  `sort_desc(topk(${WORST}, ${heard(vector)} unless on (site) ${DEAD_SITES}) * on (endpoint) group_left (name_vi, name_en) ${INFO})`;

const increase = (metric: 'citydc_path_sent_total' | 'citydc_path_received_total'): string =>
  `sum by (endpoint, site) (increase(${select(metric)}[${WINDOW}]))`;
export const WORST_LOSS = worstPaths(`clamp_min(1 - ${increase('citydc_path_received_total')} / ${increase('citydc_path_sent_total')}, 0)`);

/** The last round trip outlives the path that it was measured on: a path that loses everything has none. */
export const WORST_ROUND_TRIP = worstPaths(
  `(avg by (endpoint, site) (avg_over_time(${select('citydc_path_round_trip_seconds')}[${WINDOW}])) and on (endpoint, site) ${select('citydc_path_loss_ratio')} < 1)`,
);
