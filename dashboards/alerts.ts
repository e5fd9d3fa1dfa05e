import { stringify } from 'yaml';
import { type City, siteOf } from '../infra/city/model.js';

interface Alert {
  readonly name: string;
  readonly expression: string;
  readonly for: string;
  readonly severity: 'page' | 'warning';
  readonly summary: { readonly vi: string; readonly en: string };
}

/** Prometheus's rule file: the three states in which the design's promises are suspended. The full set comes with the monitoring issue. */
export const alertRules = (city: City): string =>
  stringify({ groups: [{ name: 'durability', rules: alertsOf(city).map(ruleOf) }] }, { lineWidth: 0 });

function alertsOf(city: City): readonly Alert[] {
  const backup = `s${siteOf(city, 'backup')?.number}`;
  const votes = city.sites.reduce((sum, { hosts }) => sum + hosts.etcd.length, 0);
  return [
    {
      name: 'WritesOnOneCopy',
      expression: '(sum(patroni_sync_standby) or vector(0)) == 0',
      for: '10s',
      severity: 'page',
      summary: {
        vi: 'Dữ liệu mới chỉ có một bản: không còn bản sao đồng bộ nào',
        en: 'New data exists once only: no synchronous standby is left',
      },
    },
    {
      name: 'BackupNotSynchronous',
      // A sum, because `or` keeps the first of two samples with equal labels: the backup's 0 as a standby would hide its 1 as the writer.
      expression: `(max(patroni_sync_standby{site="${backup}"} + patroni_primary{site="${backup}"}) or vector(0)) == 0`,
      for: '10s',
      severity: 'page',
      summary: {
        vi: 'Trung tâm dự phòng không còn đồng bộ: cam kết không mất dữ liệu khi mất trung tâm chính tạm ngừng',
        en: 'The backup site is not synchronous: the promise of no loss across sites is suspended',
      },
    },
    {
      name: 'NoSpareVote',
      expression: `(count(up{job="etcd"} == 1) or vector(0)) < ${votes}`,
      for: '10s',
      severity: 'warning',
      summary: {
        vi: 'Không còn phiếu dự phòng: mất thêm một điểm nữa là ngừng ghi dữ liệu',
        en: 'No spare vote: one more loss stops all writing',
      },
    },
  ];
}

const ruleOf = (alert: Alert): object => ({
  alert: alert.name,
  expr: alert.expression,
  for: alert.for,
  labels: { severity: alert.severity },
  annotations: { summary_vi: alert.summary.vi, summary_en: alert.summary.en },
});
