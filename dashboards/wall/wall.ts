import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { LANGUAGES, type Language } from '../../infra/city/identity.js';
import { type City, siteOf } from '../../infra/city/model.js';
import { wallUid } from './language.js';
import type { PanelOf } from './panel.js';
import { alerts } from './panels/alerts.js';
import { observer, pages, tickets } from './panels/headline.js';
import { noScanner, scanners } from './panels/scanners.js';
import { aggregations, offices, sites } from './panels/states.js';
import { systems, troubles } from './panels/systems.js';
import { lossiest, notUp, slowest } from './panels/worst.js';
import { SOURCE_PATTERN, SOURCE_VARIABLE, sourceName, sourceUid } from './source.js';

/** What one looks at first comes first: what is wrong, then states, then the worst, then systems; lists below the screen's edge. */
const PANELS: readonly PanelOf[] = [
  pages,
  tickets,
  observer,
  alerts,
  offices,
  sites,
  scanners,
  aggregations,
  lossiest,
  slowest,
  systems,
  troubles,
  notUp,
  noScanner,
];

/** The city on one screen of 1920 × 1080, for Grafana. Pure: same city, same bytes; the languages differ in words only. */
export function wall(city: City, language: Language): Dashboard {
  const view = { city, language };
  const frame = new DashboardBuilder(TITLE[language](city))
    .uid(wallUid(language))
    .description(DESCRIPTION[language])
    .tags(['citydc', 'wall', language])
    .timezone(city.timeZone)
    .time({ from: 'now-1h', to: 'now' })
    .refresh('5s')
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .variables([sourceVariable(city, language)])
    .annotations([])
    .links(LANGUAGES.filter(other => other !== language).map(linkTo));
  return PANELS.reduce((dashboard, panel) => dashboard.withPanel(panel(view)), frame).build();
}

const TITLE = {
  vi: ({ name }) => `Toàn cảnh: ${name.vi}`,
  en: ({ name }) => `City wall: ${name.en}`,
} as const satisfies Record<Language, (city: City) => string>;

const DESCRIPTION = {
  vi: 'Nhìn từ hệ thống giám sát của một điểm. Điểm đó mất thì chọn điểm kia ở phía trên.',
  en: 'As the monitor of one site sees it. When that site is lost, choose the other one above.',
} as const satisfies Record<Language, string>;

function sourceVariable(city: City, language: Language): DatasourceVariableBuilder {
  const site = siteOf(city, 'primary');
  const variable = new DatasourceVariableBuilder(SOURCE_VARIABLE)
    .label(SEEN_FROM[language])
    .type('prometheus')
    .regex(SOURCE_PATTERN)
    .multi(false)
    .includeAll(false);
  return site === undefined ? variable : variable.current({ selected: true, text: sourceName(site), value: sourceUid(site) });
}

const SEEN_FROM = { vi: 'Nhìn từ', en: 'Seen from' } as const satisfies Record<Language, string>;
const LINK_TITLE = { vi: 'Tiếng Việt', en: 'English' } as const satisfies Record<Language, string>;

const linkTo = (language: Language): DashboardLinkBuilder =>
  new DashboardLinkBuilder(LINK_TITLE[language])
    .type(DashboardLinkType.Link)
    .url(`/d/${wallUid(language)}`)
    .keepTime(true)
    .includeVars(true);
