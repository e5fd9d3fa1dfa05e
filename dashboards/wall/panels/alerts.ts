import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import { TableSortByFieldStateBuilder } from '@grafana/grafana-foundation-sdk/common';
import type { DynamicConfigValue, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Bilingual, Language } from '../../../infra/city/identity.js';
import type { Severity } from '../../rules/alert.js';
import { ALERT_TITLES } from '../alert-titles.js';
import { nameLabel, otherNames } from '../language.js';
import { framed, type PanelFrame, rows, type WallView } from '../panel.js';
import { ALERT_DURATION, ALERT_SINCE } from '../queries/alerts.js';
import { mapping } from '../state.js';
import { type Column, named, table, valueField, worded } from '../table.js';

/** What is wrong, where, and since when: pages before tickets, the newest first. */
export const alerts = (view: WallView): Builder<Panel> =>
  framed(table(view.language, columns(view.language), otherNames(view.language)), view, FRAME, [
    rows(ALERT_SINCE),
    rows(ALERT_DURATION),
  ]).sortBy([
    new TableSortByFieldStateBuilder().displayName(SEVERITY[view.language]).desc(false),
    new TableSortByFieldStateBuilder().displayName(SINCE[view.language]).desc(true),
  ]);

const FRAME: PanelFrame = {
  id: 4,
  at: { x: 4, y: 0, w: 20, h: 9 },
  title: { vi: 'Đang hỏng gì, ở đâu, từ bao giờ', en: 'What is wrong, where, and since when' },
  description: {
    vi: 'Các cảnh báo đang báo, nhìn từ điểm đang chọn, kể cả những cảnh báo mà một sự cố lớn hơn đã giải thích; một cảnh báo còn lại thêm một lúc sau khi hết nguyên nhân. Việc cần làm: runbooks/alerts/<mã cảnh báo>.md.',
    en: 'The alerts that fire, as the chosen site sees them, also those that a larger failure explains; an alert stays for a moment after its cause is gone. What to do: runbooks/alerts/<alert>.md.',
  },
  nothing: {
    vi: 'Không có cảnh báo nào để hiện. Xem các ô bên trái: số 0 là không có sự cố, không có số là không có dữ liệu.',
    en: 'No alert to show. See the fields on the left: 0 means that nothing is wrong, no number means no data.',
  },
};

const SEVERITY: Bilingual = { vi: 'Mức', en: 'Severity' };
const SINCE: Bilingual = { vi: 'Từ lúc', en: 'Since' };
const SEVERITIES = {
  page: { name: { vi: 'Khẩn cấp', en: 'Page' }, colour: 'red' },
  ticket: { name: { vi: 'Trong ngày', en: 'Ticket' }, colour: 'orange' },
} as const satisfies Partial<Record<Severity, object>>;
const KINDS = {
  site: { name: { vi: 'điểm', en: 'site' } },
  aggregation: { name: { vi: 'nút tổng hợp', en: 'aggregation node' } },
  external: { name: { vi: 'hệ thống ngoài', en: 'external' } },
  core: { name: { vi: 'đường trục', en: 'core link' } },
  uplink: { name: { vi: 'đường lên trung tâm', en: 'uplink' } },
  internet: { name: { vi: 'đường Internet', en: 'Internet line' } },
  scanner: { name: { vi: 'máy quét', en: 'scanner' } },
  printer: { name: { vi: 'máy in', en: 'printer' } },
} as const;
const TITLES = Object.fromEntries(Object.entries(ALERT_TITLES).map(([alert, name]) => [alert, { name }]));

const columns = (language: Language): readonly Column[] => [
  { field: 'severity', title: SEVERITY, widthPx: 110, properties: worded(mapping(language, SEVERITIES)) },
  { field: 'alert', title: { vi: 'Sự cố', en: 'Problem' }, widthPx: 330, properties: named(mapping(language, TITLES)) },
  { field: 'element', title: { vi: 'Phần tử', en: 'Element' }, widthPx: 80 },
  { field: nameLabel(language), title: { vi: 'Nơi', en: 'Place' } },
  { field: 'kind', title: { vi: 'Loại', en: 'Kind' }, widthPx: 140, properties: named(mapping(language, KINDS)) },
  { field: 'offices', title: { vi: 'Đơn vị liên quan', en: 'Offices concerned' }, widthPx: 130 },
  { field: valueField('A'), title: SINCE, widthPx: 150, properties: unit('time:DD/MM HH:mm:ss') },
  { field: valueField('B'), title: { vi: 'Đã kéo dài', en: 'For' }, widthPx: 110, properties: unit('dthms') },
  { field: 'alertname', title: { vi: 'Mã cảnh báo', en: 'Alert' }, widthPx: 190 },
];

const unit = (value: string): readonly DynamicConfigValue[] => [{ id: 'unit', value }];
