import { select } from '../../../agents/contract/metrics/select.js';

/** 1 where this site's view can be trusted, 0 where it cannot yet. */
export const SETTLED = select('citydc:observer_settled');

/** Firing alerts of one severity; 0 only where this site's view can be trusted, and nothing at all where it cannot. */
export const firing = (severity: string): string =>
  `count(${select('ALERTS', { alertstate: 'firing', severity })}) or 0 * max(${SETTLED} == 1)`;

/** When each firing alert became active. The heartbeat always fires and is no news. */
function burning(labels: { readonly endpoint?: ''; readonly node?: '' } = {}): string {
  const since = select('ALERTS_FOR_STATE', { severity: { not: 'heartbeat' }, ...labels });
  return `(${since} and ignoring (alertstate) ${select('ALERTS', { alertstate: 'firing' })})`;
}

/** Each once, with the names of the place: an office's, else a node's, else none. */
const NAMED = [
  `${burning()} * on (endpoint) group_left (name_vi, name_en) ${select('citydc:endpoint_info')}`,
  `${burning({ endpoint: '' })} * on (node) group_left (name_vi, name_en) ${select('citydc:node_info')}`,
  burning({ endpoint: '', node: '' }),
].join(' or ');

/** `element` is the most exact place that an alert names. */
const PLACED = ['node', 'endpoint', 'link'].reduce(
  (vector, label) => `label_replace(${vector}, "element", "$1", "${label}", "(.+)")`,
  NAMED,
);
/** `alert` is what people read, `alertname` what the runbook page is called. */
const TITLED = `label_replace(${PLACED}, "alert", "$1", "alertname", "(.+)")`;
const ROWS = `max by (alert, alertname, severity, element, kind, name_vi, name_en, offices) (${TITLED})`;

/** Since when each alert is active, in milliseconds as Grafana takes times. */
export const ALERT_SINCE = `1000 * ${ROWS}`;
/** For how long, in seconds. */
export const ALERT_DURATION = `time() - ${ROWS}`;
