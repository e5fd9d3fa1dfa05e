import { stringify } from 'yaml';
import type { ElementNumber } from '../../infra/city/identity.js';
import type { City } from '../../infra/city/model.js';
import { wallUid } from '../wall/language.js';
import type { Alert } from './alert.js';
import { inventoryGroup } from './inventory.js';
import { NETWORK_ALERTS } from './network-alerts.js';
import { OFFICE_ALERTS } from './office-alerts.js';
import { platformAlerts } from './platform-alerts.js';
import type { Recording, RuleGroup } from './rule.js';
import { officeGroup, startedGroup, stateGroup } from './states.js';

/** Prometheus's rule file of one site: the inventory, the state of everything in it, and the alerts but for those that are named. */
export const ruleFile = (city: City, site: ElementNumber, without: readonly string[] = []): string =>
  stringify({ groups: groupsOf(city, site).map(group => written(group, without)) }, { lineWidth: 0 });

/** A rule file that says when the monitor started, in one line that a shell's printf completes with the seconds of Unix time. */
export const startedRuleFile = (seconds: string): string => JSON.stringify({ groups: [startedGroup(seconds)] });

/** States and their alerts are one group: an alert sees the states of its own moment, parents first. */
const groupsOf = (city: City, site: ElementNumber): readonly RuleGroup<Recording | Alert>[] => [
  inventoryGroup(city, site),
  extended(stateGroup(city, site), [...NETWORK_ALERTS, ...platformAlerts(city)]),
  extended(officeGroup(), OFFICE_ALERTS),
];

const extended = (group: RuleGroup<Recording>, alerts: readonly Alert[]): RuleGroup<Recording | Alert> => ({
  ...group,
  rules: [...group.rules, ...alerts],
});

const written = ({ name, interval, rules }: RuleGroup<Recording | Alert>, without: readonly string[]): object => ({
  name,
  ...(interval === undefined ? {} : { interval }),
  rules: rules.filter(rule => 'record' in rule || !without.includes(rule.name)).map(rule => ('record' in rule ? rule : alertRule(rule))),
});

const alertRule = (alert: Alert): object => ({
  alert: alert.name,
  expr: alert.expression,
  for: alert.for,
  ...(alert.keepFiringFor === undefined ? {} : { keep_firing_for: alert.keepFiringFor }),
  labels: { severity: alert.severity, owner: alert.owner },
  annotations: {
    summary_vi: alert.summary.vi,
    summary_en: alert.summary.en,
    description_vi: alert.description.vi,
    description_en: alert.description.en,
    runbook_url: runbookOf(alert.name),
    dashboard_uid: wallUid('vi'),
  },
});

/** Path of an alert's page in the checkout. */
export const runbookOf = (alert: string): string => `runbooks/alerts/${alert}.md`;
