import { AGENT_FRESH_SECONDS, PUSH_SECONDS } from '../../agents/contract/cadence.js';
import { select } from '../../agents/contract/metrics/select.js';
import type { ElementNumber } from '../../infra/city/identity.js';
import { type City, siteOf } from '../../infra/city/model.js';
import type { Recording, RuleGroup } from './rule.js';

/** How long a site's monitor must run and reach another node before its view is trusted: its own router has to learn its routes first. */
const SETTLING_SECONDS = 45;
/** Until the primary's monitor has settled and its alerts have had their time: an active cause passes from one to the other without a gap. */
const HANDOVER_SECONDS = 75;
/** Longer than a probe takes to be repeated: what is behind a node that has just come back is not blamed on itself. */
const PARENT_MEMORY = '15s';

/**
 * The state of everything in the inventory: 0 up, 1 down, 2 behind a dead parent, -1 unknown.
 *
 * One group in this order, so that every evaluation judges children by parents of the same moment.
 */
export const stateGroup = (city: City, site: ElementNumber): RuleGroup<Recording> => ({
  name: 'states',
  rules: [
    { record: 'citydc:observer_settled', expr: settled(`s${site}`) },
    { record: 'citydc:observer_speaks', expr: speaks(city, site) },
    { record: 'citydc:agent_fresh', expr: AGENT_FRESH },
    { record: 'citydc:node_state', expr: known(NODE_DOWN, 'node', `max by (node, kind) (${select('citydc:node_info')})`) },
    { record: 'citydc:endpoint_state', expr: known(ENDPOINT_DOWN, 'endpoint', ENDPOINTS) },
    {
      record: 'citydc:link_state',
      expr: `${whenJudging(TRUNK_STATE)} or (${ACCESS_STATE}) or (${INTERNET_STATE}) or on (link) ${LINKS} * 0 - 1`,
    },
  ],
});

/** When the monitor started, which is written as it starts: `seconds` of Unix time. */
export const startedGroup = (seconds: string): RuleGroup<Recording> => ({
  name: 'started',
  rules: [{ record: 'citydc:observer_started', expr: `vector(${seconds})` }],
});

/** What offices lack, by what their agents push: seldom, as nothing of it is urgent and it is a third of all the rules' work. */
export const officeGroup = (): RuleGroup<Recording> => ({
  name: 'offices',
  interval: `${PUSH_SECONDS}s`,
  rules: [{ record: 'citydc:equipment_missing', expr: EQUIPMENT_MISSING }],
});

const SETTLED = `${select('citydc:observer_settled')} == 1`;
/** Where this site may judge. */
export const whenJudging = (expr: string): string => `((${expr}) and on () (${SETTLED}))`;
/**
 * Where this site notifies. Two that see the same some seconds apart would notify its end, its beginning and its end again: one speaks at a
 * time, and what only the other can see (its own links) it notifies itself.
 */
export const whenSpeaking = (expr: string): string => `((${expr}) and on () (${select('citydc:observer_speaks')} == 1))`;

/** With the name and district of the office that it is about. */
export const withOffice = (expr: string): string =>
  `(${expr}) * on (endpoint) group_left (name_vi, name_en, district) ${onlyOne('endpoint', select('citydc:endpoint_info', NAMED))}`;

/**
 * One series for each element, whatever else an office has pushed under the same name: a join with two would fail, and with it the rule,
 * for the whole city.
 */
export const onlyOne = (by: string, info: string): string => `topk by (${by}) (1, ${info})`;
/** The inventory's own have a name. */
export const NAMED = { name_vi: { not: '' } } as const;

/** `state` where this site may judge and has looked, else unknown for all that is in the inventory. */
const known = (state: string, by: string, all: string): string => `${whenJudging(state)} or on (${by}) ${all} * 0 - 1`;

/**
 * By its own word, not by its scrape of itself: until the first of those, what it said before it ended stands for minutes, and so do the
 * last probes of a site that was going down.
 */
function settled(site: string): string {
  const others = select('probe_success', { job: 'node', node: { not: site } });
  const reaches = `min_over_time(max(${others})[30s:4s])`;
  return `(time() - ${select('citydc:observer_started')} > bool ${SETTLING_SECONDS}) * ${reaches} or vector(0)`;
}

/** The primary's monitor speaks while it judges; another's while that one is away or has not settled yet. */
function speaks(city: City, site: ElementNumber): string {
  const primary = siteOf(city, 'primary');
  if (primary === undefined || primary.number === site) return select('citydc:observer_settled');
  const there = { job: 'prometheus', site: `s${primary.number}` };
  const judging = `${select('up', there)} == 1 and on () (time() - ${select('process_start_time_seconds', there)} > ${HANDOVER_SECONDS})`;
  return `${select('citydc:observer_settled')} unless on () (${judging}) or vector(0)`;
}

const ENDPOINTS = `max by (endpoint, node) (${select('citydc:endpoint_info')})`;
const links = (kind?: string): string =>
  `max by (link, kind, node, endpoint) (${select('citydc:link_info', kind === undefined ? {} : { kind })})`;
const LINKS = links();

/** 1, and 2 where the node before it is dead or was a moment ago. */
const behindParent = (parents: Parameters<typeof select<'citydc:node_state'>>[1]): string =>
  `on (node) group_left () (1 + (max by (node) (max_over_time(${select('citydc:node_state', parents)}[${PARENT_MEMORY}])) == bool 1))`;

const NODE_DOWN = `1 - max by (node, kind) (${select('probe_success', { job: 'node' })})`;
const ENDPOINT_DOWN = `(1 - max by (endpoint, node) (${select('probe_success', { job: 'endpoint' })})) * ${behindParent({ kind: 'aggregation' })}`;
const TRUNK_STATE = `(1 - max by (link, kind, node, endpoint) (${select('probe_success', { job: 'link' })})) * ${behindParent({})}`;

const OFFICE_STATE = `max by (endpoint, node) (${select('citydc:endpoint_state')})`;
/** From outside, a dead line and a dead office are one: then the line is unknown. */
const ACCESS_STATE = `(${OFFICE_STATE} - 2 * (${OFFICE_STATE} == bool 1)) * on (endpoint, node) group_right () ${links('access')}`;

/** Only the office itself can see its own Internet line. */
const ONLINE = `1 - max by (endpoint) (${select('citydc_target_reachable', { target: 'internet' })})`;
const INTERNET_STATE = `(${ONLINE} and on (endpoint) (${select('citydc:agent_fresh')} == 1)) * on (endpoint) group_right () ${links('internet')}`;

const HEARD = `time() - max by (endpoint) (timestamp(${select('citydc_agent_info')}))`;
const AGENT_FRESH = `(${HEARD} < bool ${AGENT_FRESH_SECONDS}) * on (endpoint) group_right () ${ENDPOINTS} or on (endpoint) ${ENDPOINTS} * 0`;

const devices = (metric: 'citydc_equipment_expected' | 'citydc_equipment_found'): string =>
  `max by (endpoint, kind) (${select(metric, { kind: { like: 'scanner|printer' } })})`;
const MISSING = `clamp_min(${devices('citydc_equipment_expected')} - ${devices('citydc_equipment_found')}, 0)`;
const EQUIPMENT_MISSING = `${MISSING} and on (endpoint) (${select('citydc:agent_fresh')} == 1)`;
