import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import { BigValueColorMode } from '@grafana/grafana-foundation-sdk/common';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Language } from '../../../infra/city/identity.js';
import { nameLabel, otherNames } from '../language.js';
import { framed, now, type PanelFrame, refId, rows, thresholds, thresholdsProperty, type WallView } from '../panel.js';
import { nodeStates, officesInState, officesInStateByNode } from '../queries/states.js';
import { stat } from '../stat.js';
import { STATES, stateMapping } from '../state.js';
import { type Column, table, valueField, worded } from '../table.js';

const NOT_RECORDED = { vi: 'Không có dữ liệu trạng thái', en: 'No states are recorded' };

/** The offices by state, all of the inventory. */
export const offices = (view: WallView): Builder<Panel> =>
  STATES.reduce(
    (panel, { value, colour }, index) => panel.overrideByQuery(refId(index), [counted(value, colour)]),
    framed(
      stat(),
      view,
      OFFICES,
      STATES.map(({ value, name }) => now(officesInState(value), name[view.language])),
    ).thresholds(thresholds()),
  );

/** No office in a bad state is nothing to look at; no office up is. */
const counted = (state: number, colour: string) =>
  state === 0 ? thresholdsProperty([0, 'red'], [1, colour]) : thresholdsProperty([0, 'text'], [1, colour]);

const OFFICES: PanelFrame = {
  id: 5,
  at: { x: 0, y: 9, w: 7, h: 4 },
  title: { vi: 'Đơn vị theo trạng thái', en: 'Offices by state' },
  description: {
    vi: 'Mọi đơn vị trong danh mục, nhìn từ điểm đang chọn. “Do nút trên mất”: nút tổng hợp của đơn vị đã mất, lỗi không nằm ở đơn vị. “Không rõ”: chưa ai nhìn thấy, không phải là tốt.',
    en: 'Every office of the inventory, as the chosen site sees it. Behind a dead node: its aggregation node is down, the fault is not its own. Unknown: no measurement of it, which is not good.',
  },
  nothing: NOT_RECORDED,
};

/** Sites and what is not ours, each with its state in words. */
export const sites = (view: WallView): Builder<Panel> =>
  framed(stat(BigValueColorMode.BackgroundSolid), view, SITES, [now(nodeStates('site|external'), `{{${nameLabel(view.language)}}}`)])
    .mappings([stateMapping(view.language)])
    .thresholds(thresholds());

const SITES: PanelFrame = {
  id: 6,
  at: { x: 0, y: 13, w: 7, h: 4 },
  title: { vi: 'Các điểm và hệ thống bên ngoài', en: 'Sites and externals' },
  description: {
    vi: 'Trung tâm dữ liệu, trung tâm dự phòng, điểm chứng kiến và các hệ thống không thuộc thành phố.',
    en: 'The data centre, the backup site, the witness, and what is not the city’s.',
  },
  nothing: NOT_RECORDED,
};

/** Aggregation nodes, each with the states of the offices behind it. */
export const aggregations = (view: WallView): Builder<Panel> =>
  framed(table(view.language, columns(view.language), ['kind', 'node', ...otherNames(view.language)]), view, AGGREGATIONS, [
    rows(nodeStates('aggregation')),
    ...STATES.map(({ value }) => rows(officesInStateByNode(value))),
  ]);

const AGGREGATIONS: PanelFrame = {
  id: 8,
  at: { x: 7, y: 9, w: 10, h: 12 },
  title: { vi: 'Nút tổng hợp và các đơn vị phía sau', en: 'Aggregation nodes and the offices behind them' },
  description: {
    vi: 'Trạng thái từng nút tổng hợp và số đơn vị phía sau theo từng trạng thái.',
    en: 'The state of each aggregation node, and how many offices behind it are in which state.',
  },
  nothing: NOT_RECORDED,
};

const columns = (language: Language): readonly Column[] => [
  { field: nameLabel(language), title: { vi: 'Nút tổng hợp', en: 'Node' } },
  { field: valueField('A'), title: { vi: 'Trạng thái', en: 'State' }, widthPx: 120, properties: worded(stateMapping(language)) },
  { field: 'offices', title: { vi: 'Đơn vị', en: 'Offices' }, widthPx: 60 },
  ...STATES.map(({ name }, index) => ({ field: valueField(refId(index + 1)), title: name, widthPx: 100 })),
];
