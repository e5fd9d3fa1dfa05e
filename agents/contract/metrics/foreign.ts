import type { ForeignMetric } from './metric.js';

/** Labels that an alert of ours may carry: its own, and those that say where in the topology the cause is. */
const ALERT_LABELS = [
  'alertname',
  'severity',
  'owner',
  'site',
  'node',
  'kind',
  'link',
  'endpoint',
  'name_vi',
  'name_en',
  'district',
  'carrier',
  'offices',
] as const;

/** Others' metrics that our rules and dashboards use, as Debian 12's versions export them. */
export const FOREIGN = {
  up: {
    from: 'Prometheus',
    type: 'gauge',
    unit: 'boolean',
    help: '1 when the last scrape of a target succeeded.',
    labels: [],
    scraped: ['job', 'instance', 'host', 'site', 'system', 'node', 'kind', 'endpoint', 'link'],
  },
  process_start_time_seconds: {
    from: 'Prometheus',
    type: 'gauge',
    unit: 'seconds',
    help: 'When a process started, Unix time.',
    labels: [],
    scraped: ['job', 'instance', 'host', 'site'],
  },
  prometheus_rule_evaluation_failures_total: {
    from: 'Prometheus',
    type: 'counter',
    unit: 'count',
    help: 'Evaluations of rules that failed.',
    labels: ['rule_group'],
    scraped: ['job', 'instance', 'host', 'site'],
  },
  prometheus_rule_group_last_duration_seconds: {
    from: 'Prometheus',
    type: 'gauge',
    unit: 'seconds',
    help: 'How long the last evaluation of a group of rules took.',
    labels: ['rule_group'],
    scraped: ['job', 'instance', 'host', 'site'],
  },
  probe_success: {
    from: 'blackbox exporter',
    type: 'gauge',
    unit: 'boolean',
    help: '1 when the probed address answered.',
    labels: [],
    scraped: ['job', 'instance', 'node', 'kind', 'endpoint', 'link'],
  },
  patroni_primary: {
    from: 'Patroni',
    type: 'gauge',
    unit: 'boolean',
    help: '1 on the database host that holds the leader lock.',
    labels: ['scope'],
    scraped: ['job', 'instance', 'host', 'site'],
  },
  patroni_sync_standby: {
    from: 'Patroni',
    type: 'gauge',
    unit: 'boolean',
    help: '1 on a synchronous standby.',
    labels: ['scope'],
    scraped: ['job', 'instance', 'host', 'site'],
  },
  ALERTS: {
    from: 'Prometheus',
    type: 'gauge',
    unit: 'boolean',
    help: '1 for every alert that is pending or firing, with the labels of its expression.',
    labels: [...ALERT_LABELS, 'alertstate'],
  },
  ALERTS_FOR_STATE: {
    from: 'Prometheus',
    type: 'gauge',
    unit: 'seconds',
    help: 'When an alert became active, Unix time.',
    labels: ALERT_LABELS,
  },
} as const satisfies Record<string, ForeignMetric>;
