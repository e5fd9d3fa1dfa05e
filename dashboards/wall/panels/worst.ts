import { PanelBuilder } from '@grafana/grafana-foundation-sdk/bargauge';
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import { BarGaugeDisplayMode, BarGaugeNamePlacement, VizOrientation } from '@grafana/grafana-foundation-sdk/common';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { nameLabel, otherNames } from '../language.js';
import { framed, now, type PanelFrame, rows, thresholds, type WallView } from '../panel.js';
import { WORST_LOSS, WORST_ROUND_TRIP } from '../queries/agents.js';
import { OFFICES_NOT_UP } from '../queries/states.js';
import { latest } from '../stat.js';
import { stateMapping } from '../state.js';
import { officeColumns, table, worded } from '../table.js';

/** The paths that lose most. Speech suffers from a few per cent on. @see ITU-T G.1010, table I.1: 3 % for conversational voice */
export const lossiest = (view: WallView): Builder<Panel> =>
  worst(view, LOSS, WORST_LOSS)
    .unit('percentunit')
    .min(0)
    .max(1)
    .decimals(1)
    .thresholds(thresholds([0, 'green'], [0.01, 'orange'], [0.03, 'red']));

/** The longest paths. @see ITU-T G.114: 150 ms one way is fine for most, 400 ms the most one plans for; here both ways */
export const slowest = (view: WallView): Builder<Panel> =>
  worst(view, ROUND_TRIP, WORST_ROUND_TRIP)
    .unit('s')
    .min(0)
    .decimals(0)
    .thresholds(thresholds([0, 'green'], [0.3, 'orange'], [0.8, 'red']));

const worst = (view: WallView, frame: PanelFrame, expression: string): PanelBuilder =>
  framed(bars(), view, frame, [now(expression, `{{${nameLabel(view.language)}}} → {{site}}`)]);

const bars = (): PanelBuilder =>
  new PanelBuilder()
    .orientation(VizOrientation.Horizontal)
    .displayMode(BarGaugeDisplayMode.Basic)
    .namePlacement(BarGaugeNamePlacement.Left)
    .showUnfilled(true)
    .reduceOptions(latest());

const NO_MEASUREMENT = { vi: 'Chưa có số đo từ đơn vị nào', en: 'No office has sent a measurement' };

const LOSS: PanelFrame = {
  id: 9,
  at: { x: 17, y: 9, w: 7, h: 6 },
  title: { vi: 'Mất gói nhiều nhất', en: 'Most packets lost' },
  description: {
    vi: 'Năm đường từ đơn vị tới trung tâm mất gói nhiều nhất trong 5 phút qua, theo chương trình giám sát tại đơn vị. Không kể đường tới điểm đang mất.',
    en: 'The five paths from an office to a site that lost most in the last 5 minutes, as the offices’ agents measure. Paths to a dead site do not count.',
  },
  nothing: NO_MEASUREMENT,
};

const ROUND_TRIP: PanelFrame = {
  id: 10,
  at: { x: 17, y: 15, w: 7, h: 6 },
  title: { vi: 'Trễ khứ hồi lớn nhất', en: 'Longest round trips' },
  description: {
    vi: 'Năm đường từ đơn vị tới trung tâm có trễ khứ hồi trung bình lớn nhất trong 5 phút qua. Không kể đường tới điểm đang mất và đường mất hết gói.',
    en: 'The five paths from an office to a site with the longest mean round trip of the last 5 minutes. Paths to a dead site and paths that lose everything do not count.',
  },
  nothing: NO_MEASUREMENT,
};

/** Every office that is not up. */
export const notUp = (view: WallView): Builder<Panel> =>
  framed(
    table(
      view.language,
      officeColumns(view.language, [
        { field: 'Value', title: { vi: 'Trạng thái', en: 'State' }, widthPx: 150, properties: worded(stateMapping(view.language)) },
      ]),
      otherNames(view.language),
    ),
    view,
    NOT_UP,
    [rows(OFFICES_NOT_UP)],
  );

const NOT_UP: PanelFrame = {
  id: 13,
  at: { x: 0, y: 26, w: 12, h: 10 },
  title: { vi: 'Các đơn vị không ở trạng thái hoạt động', en: 'Offices that are not up' },
  description: {
    vi: 'Mất kết nối, mất do nút trên, hoặc không rõ.',
    en: 'Down, behind a dead node, or unknown.',
  },
  nothing: {
    vi: 'Không có đơn vị nào để hiện. Xem ô “Đơn vị theo trạng thái” để biết là tất cả đang hoạt động hay không có dữ liệu.',
    en: 'No office to show. “Offices by state” shows whether all are up or nothing is known.',
  },
};
