import { stringify } from 'yaml';

/** Alertmanager's configuration. Nobody is told outside the page yet: receivers come with the monitoring issue. */
export const routing = (): string =>
  stringify({
    route: { receiver: 'page', group_by: ['alertname'], group_wait: '5s', group_interval: '30s', repeat_interval: '4h' },
    receivers: [{ name: 'page' }],
  });
