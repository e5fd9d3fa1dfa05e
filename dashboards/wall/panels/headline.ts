import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import { BigValueColorMode, BigValueTextMode } from '@grafana/grafana-foundation-sdk/common';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Bilingual } from '../../../infra/city/identity.js';
import type { Severity } from '../../rules/alert.js';
import { framed, now, type PanelFrame, thresholds, type WallView } from '../panel.js';
import { firing, SETTLED } from '../queries/alerts.js';
import { stat } from '../stat.js';
import { mapping } from '../state.js';

const CANNOT_TELL: Bilingual = { vi: 'Chưa kết luận được', en: 'Not known' };

/** How many pages are firing. */
export const pages = (view: WallView): Builder<Panel> => count(view, PAGES, 'page', 'red');
const PAGES: PanelFrame = {
  id: 1,
  at: { x: 0, y: 0, w: 4, h: 3 },
  title: { vi: 'Sự cố khẩn cấp', en: 'Pages' },
  description: {
    vi: 'Số cảnh báo mức khẩn cấp đang báo. Số 0 chỉ hiện khi điểm quan sát đáng tin cậy; không có số nghĩa là chưa kết luận được.',
    en: 'How many alerts of severity page fire. 0 is shown only while the observer can be trusted; no number means that the state is not known.',
  },
  nothing: CANNOT_TELL,
};

/** How many tickets are open. */
export const tickets = (view: WallView): Builder<Panel> => count(view, TICKETS, 'ticket', 'orange');
const TICKETS: PanelFrame = {
  id: 2,
  at: { x: 0, y: 3, w: 4, h: 3 },
  title: { vi: 'Việc cần xử lý trong ngày', en: 'Tickets' },
  description: {
    vi: 'Số cảnh báo không khẩn cấp đang báo, xử lý trong giờ làm việc. Không có số nghĩa là chưa kết luận được.',
    en: 'How many alerts of severity ticket fire: they are handled by day. No number means that the state is not known.',
  },
  nothing: CANNOT_TELL,
};

const count = (view: WallView, frame: PanelFrame, severity: Severity, colour: string): Builder<Panel> =>
  framed(stat(BigValueColorMode.BackgroundSolid), view, frame, [now(firing(severity), frame.title[view.language])])
    .textMode(BigValueTextMode.Value)
    .thresholds(thresholds([0, 'green'], [1, colour]));

/** Whether what this wall shows can be believed. */
export const observer = (view: WallView): Builder<Panel> =>
  framed(stat(BigValueColorMode.BackgroundSolid), view, OBSERVER, [now(SETTLED, OBSERVER.title[view.language])])
    .textMode(BigValueTextMode.Value)
    .mappings([mapping(view.language, TRUST)])
    .thresholds(thresholds());
const OBSERVER: PanelFrame = {
  id: 3,
  at: { x: 0, y: 6, w: 4, h: 3 },
  title: { vi: 'Điểm quan sát', en: 'Observer' },
  description: {
    vi: 'Hệ thống giám sát của điểm đang chọn có chạy đủ lâu và tới được các điểm khác hay không. Khi chưa tin cậy, chọn điểm khác ở phía trên.',
    en: 'Whether the monitor of the chosen site has run long enough and reaches the others. While it does not, choose the other site above.',
  },
  nothing: { vi: 'Không có dữ liệu', en: 'No data' },
};
const TRUST = {
  0: { name: { vi: 'Chưa tin cậy', en: 'Not trusted yet' }, colour: 'orange' },
  1: { name: { vi: 'Tin cậy', en: 'Trusted' }, colour: 'green' },
} as const;
