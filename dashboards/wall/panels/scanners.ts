import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { otherNames } from '../language.js';
import { framed, now, type PanelFrame, refId, rows, thresholds, thresholdsProperty, type WallView } from '../panel.js';
import { NO_SCANNER_LIST, OFFICES_OF_UNKNOWN_SCANNER, OFFICES_WITH_SCANNER, OFFICES_WITHOUT_SCANNER } from '../queries/agents.js';
import { stat } from '../stat.js';
import { UNKNOWN_COLOUR } from '../state.js';
import { officeColumns, table } from '../table.js';

/** Offices with a scanner, known to be without one, and unknown ones. */
export const scanners = (view: WallView): Builder<Panel> =>
  COUNTS.reduce(
    (panel, { limits }, index) => panel.overrideByQuery(refId(index), [thresholdsProperty(...limits)]),
    framed(
      stat(),
      view,
      SCANNERS,
      COUNTS.map(({ expression, name }) => now(expression, name[view.language])),
    ).thresholds(thresholds()),
  );

const COUNTS = [
  {
    expression: OFFICES_WITH_SCANNER,
    name: { vi: 'Có máy quét', en: 'With a scanner' },
    limits: [
      [0, 'text'],
      [1, 'green'],
    ],
  },
  {
    expression: OFFICES_WITHOUT_SCANNER,
    name: { vi: 'Biết chắc không có', en: 'Known to have none' },
    limits: [
      [0, 'text'],
      [1, 'orange'],
    ],
  },
  {
    expression: OFFICES_OF_UNKNOWN_SCANNER,
    name: { vi: 'Không rõ', en: 'Unknown' },
    limits: [
      [0, 'text'],
      [1, UNKNOWN_COLOUR],
    ],
  },
] as const;

const SCANNERS: PanelFrame = {
  id: 7,
  at: { x: 0, y: 17, w: 7, h: 4 },
  title: { vi: 'Máy quét tại các đơn vị', en: 'Scanners at the offices' },
  description: {
    vi: 'Theo chương trình giám sát tại đơn vị. “Không rõ”: chương trình im lặng hoặc không dò được thiết bị, không phải là có máy quét.',
    en: 'As the offices’ agents find them. Unknown: the agent is silent or could not look, which does not mean that there is one.',
  },
  nothing: { vi: 'Chưa đơn vị nào báo về', en: 'No office has reported' },
};

/** Which offices are known to have no scanner. */
export const noScanner = (view: WallView): Builder<Panel> =>
  framed(table(view.language, officeColumns(view.language), ['Value', ...otherNames(view.language)]), view, NO_SCANNER, [
    rows(NO_SCANNER_LIST),
  ]);

const NO_SCANNER: PanelFrame = {
  id: 14,
  at: { x: 12, y: 26, w: 12, h: 10 },
  title: { vi: 'Các đơn vị biết chắc không có máy quét', en: 'Offices known to have no scanner' },
  description: {
    vi: 'Chương trình giám sát tại đơn vị đã dò và không thấy máy quét nào. Đơn vị không rõ thì không nằm ở đây.',
    en: 'Their agents have looked and found none. Unknown offices are not listed.',
  },
  nothing: { vi: 'Không có đơn vị nào được biết chắc là không có máy quét', en: 'No office is known to have none' },
};
