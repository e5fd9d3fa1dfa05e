import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  BigValueColorMode,
  LegendDisplayMode,
  LegendPlacement,
  StackingConfigBuilder,
  StackingMode,
  VizLegendOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { framed, history, now, type PanelFrame, refId, thresholds, type WallView } from '../panel.js';
import { OFFICES_REACHING } from '../queries/agents.js';
import { officesInState } from '../queries/states.js';
import { stat } from '../stat.js';
import { STATES } from '../state.js';

/** Each shared system, and from how many offices it is reached: all of the inventory is good, some is not, none is bad. */
export const systems = (view: WallView): Builder<Panel> => {
  const { city, language } = view;
  const total = city.endpoints.length;
  return city.systems.reduce(
    (panel, { key, name }) => panel.overrideByName(key, [{ id: 'displayName', value: name[language] }]),
    framed(stat(BigValueColorMode.Background), view, systemsFrame(total), [now(OFFICES_REACHING, '{{system}}')]).thresholds(
      thresholds([0, 'red'], [1, 'orange'], [total, 'green']),
    ),
  );
};

const systemsFrame = (total: number): PanelFrame => ({
  id: 11,
  at: { x: 0, y: 21, w: 16, h: 5 },
  title: { vi: `Hệ thống dùng chung: số đơn vị vào được, trên ${total}`, en: `Shared systems: offices that reach them, of ${total}` },
  description: {
    vi: 'Mỗi đơn vị tự hỏi từng hệ thống như cán bộ ở đó. Đơn vị im lặng không được tính là vào được.',
    en: 'Each office asks each system as its staff does. An office that is silent does not count as reaching it.',
  },
  nothing: { vi: 'Chưa đơn vị nào báo về', en: 'No office has reported' },
});

/** How many offices were not up, over the time range. */
export const troubles = (view: WallView): Builder<Panel> =>
  NOT_GOOD.reduce(
    (panel, { colour }, index) => panel.overrideByQuery(refId(index), [{ id: 'color', value: { mode: 'fixed', fixedColor: colour } }]),
    framed(
      lines(),
      view,
      TROUBLES,
      NOT_GOOD.map(({ value, name }) => history(officesInState(value), name[view.language])),
    ),
  );

const NOT_GOOD = STATES.filter(({ value }) => value !== 0);

const lines = (): PanelBuilder =>
  new PanelBuilder()
    .unit('none')
    .min(0)
    .decimals(0)
    .fillOpacity(40)
    .stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'))
    .legend(new VizLegendOptionsBuilder().showLegend(true).displayMode(LegendDisplayMode.List).placement(LegendPlacement.Bottom).calcs([]));

const TROUBLES: PanelFrame = {
  id: 12,
  at: { x: 16, y: 21, w: 8, h: 5 },
  title: { vi: 'Đơn vị không hoạt động, theo thời gian', en: 'Offices that were not up, over time' },
  description: {
    vi: 'Số đơn vị theo từng trạng thái xấu. Khoảng trống là lúc không có dữ liệu, không phải là số 0.',
    en: 'How many offices were in each bad state. A gap is a time without data, not 0.',
  },
  nothing: { vi: 'Không có dữ liệu trạng thái', en: 'No states are recorded' },
};
