import { select } from '../../agents/contract/metrics/select.js';
import { type City, siteOf } from '../../infra/city/model.js';
import type { Alert } from './alert.js';
import { whenSpeaking } from './states.js';

/** A third of the 90 days of a certificate: from then on it may be renewed. */
const DUE_DAYS = 30;
const LAST_DAYS = 7;
const endingWithin = (days: number): string =>
  `count(max by (identity) (${select('citydc_certificate_expiry_time_seconds')}) - time() < ${days * 86_400})`;

/** The states in which the design's promises are suspended, and the proof that monitoring still works. */
export function platformAlerts(city: City): readonly Alert[] {
  const backup = `s${siteOf(city, 'backup')?.number}`;
  const votes = city.sites.reduce((sum, { hosts }) => sum + hosts.etcd.length, 0);
  return [
    {
      name: 'DatabaseWithoutLeader',
      expression: whenSpeaking(`(sum(${select('patroni_primary')}) or vector(0)) == 0`),
      for: '15s',
      severity: 'page',
      owner: 'platform',
      summary: { vi: 'Cơ sở dữ liệu không có máy chủ ghi', en: 'No database host may write' },
      description: {
        vi: 'Mọi hệ thống có lưu dữ liệu đều ngừng ghi.',
        en: 'Every system that keeps state has stopped writing.',
      },
    },
    {
      name: 'WritesOnOneCopy',
      expression: whenSpeaking(`(sum(${select('patroni_sync_standby')}) or vector(0)) == 0`),
      for: '15s',
      severity: 'page',
      owner: 'platform',
      summary: {
        vi: 'Dữ liệu mới chỉ có một bản: không còn bản sao đồng bộ nào',
        en: 'New data exists once only: no synchronous standby is left',
      },
      description: {
        vi: 'Hỏng thêm máy chủ ghi lúc này là mất dữ liệu.',
        en: 'Losing the host that writes would lose data now.',
      },
    },
    {
      name: 'BackupNotSynchronous',
      // A sum, because `or` keeps the first of two samples with equal labels: the backup's 0 as a standby would hide its 1 as the writer.
      expression: whenSpeaking(
        `(max(${select('patroni_sync_standby', { site: backup })} + ${select('patroni_primary', { site: backup })}) or vector(0)) == 0`,
      ),
      for: '15s',
      severity: 'page',
      owner: 'platform',
      summary: { vi: 'Trung tâm dự phòng không còn đồng bộ', en: 'The backup site is not synchronous' },
      description: {
        vi: 'Cam kết không mất dữ liệu khi mất trung tâm chính tạm ngừng.',
        en: 'The promise of no loss across sites is suspended.',
      },
    },
    {
      name: 'NoSpareVote',
      expression: whenSpeaking(`(count(${select('up', { job: 'etcd' })} == 1) or vector(0)) < ${votes}`),
      for: '15s',
      severity: 'ticket',
      owner: 'platform',
      summary: { vi: 'Không còn phiếu dự phòng', en: 'No spare vote' },
      description: {
        vi: 'Mất thêm một điểm nữa là ngừng ghi dữ liệu.',
        en: 'One more loss stops all writing.',
      },
    },
    {
      name: 'CertificatesDue',
      expression: whenSpeaking(`${endingWithin(DUE_DAYS)} > 0`),
      for: '2m',
      severity: 'ticket',
      owner: 'platform',
      summary: { vi: '{{ $value }} chứng thư số cần được gia hạn', en: '{{ $value }} certificates are due for renewal' },
      description: {
        vi: `Còn chưa tới ${DUE_DAYS} ngày. \`npx citydc up\` gia hạn mà không gián đoạn dịch vụ.`,
        en: `They end in less than ${DUE_DAYS} days. \`npx citydc up\` renews them without an interruption.`,
      },
    },
    {
      name: 'CertificatesEnding',
      expression: whenSpeaking(`${endingWithin(LAST_DAYS)} > 0`),
      for: '15s',
      severity: 'page',
      owner: 'platform',
      summary: {
        vi: '{{ $value }} chứng thư số hết hạn trong vòng một tuần',
        en: '{{ $value }} certificates end within a week',
      },
      description: {
        vi: 'Khi hết hạn, các máy từ chối kết nối với nhau: cơ sở dữ liệu ngừng ghi.',
        en: 'When they have ended, hosts refuse each other: the databases stop writing.',
      },
    },
    {
      name: 'RulesFailing',
      // By either site, about either: a monitor whose rules fail must not be the only one that could say so.
      expression: `sum by (site) (increase(${select('prometheus_rule_evaluation_failures_total')}[1m])) > 0`,
      for: '0s',
      keepFiringFor: '2m',
      severity: 'page',
      owner: 'platform',
      summary: {
        vi: 'Hệ thống giám sát tại {{ $labels.site }} không tính được một số quy tắc cảnh báo',
        en: 'The monitoring at {{ $labels.site }} cannot evaluate some of its rules',
      },
      description: {
        vi: 'Có cảnh báo sẽ không được gửi. Thường do hai chuỗi số liệu trùng nhau: có thể một đơn vị gửi số liệu giả.',
        en: 'Some alerts will not be sent. Usually two series are the same thing twice: an office may be sending forged samples.',
      },
    },
    {
      name: 'DeadMansSwitch',
      expression: 'vector(1)',
      for: '0s',
      severity: 'heartbeat',
      owner: 'platform',
      summary: { vi: 'Giám sát đang hoạt động', en: 'Watching works' },
      description: {
        vi: 'Luôn luôn báo. Khi không còn nhận được thông báo này thì chính hệ thống giám sát đã hỏng.',
        en: 'Always fires. When it is no longer heard, the watching itself has failed.',
      },
    },
  ];
}
