import { wall } from '../../dashboards/wall/wall.js';
import { LANGUAGES, type Language } from '../../infra/city/identity.js';
import type { City } from '../../infra/city/model.js';

/** A panel as it stands in the JSON that Grafana reads. */
export interface WallPanel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly datasource: { readonly uid: string };
  readonly targets: readonly {
    readonly refId: string;
    readonly expr: string;
    readonly legendFormat: string;
    readonly format: string;
    readonly instant?: boolean;
    readonly range?: boolean;
  }[];
  readonly transformations?: readonly { readonly id: string; readonly options: unknown }[];
  readonly fieldConfig: {
    readonly defaults: { readonly unit: string; readonly noValue: string; readonly thresholds?: { readonly steps: readonly Step[] } };
    readonly overrides: readonly { readonly properties: readonly { readonly id: string; readonly value: unknown }[] }[];
  };
}
interface Step {
  readonly value: number | null;
  readonly color: string;
}

/** The wall as bytes would bring it: through JSON. */
export const wallOf = (city: City, language: Language) => JSON.parse(JSON.stringify(wall(city, language)));
export const panelsOf = (city: City, language: Language): readonly WallPanel[] => wallOf(city, language).panels;

/** Panels whose answer is empty while all is healthy: lists of what is wrong. */
const EMPTY_WHEN_WELL: ReadonlySet<number> = new Set([4, 13, 14]);

/** One query of the wall; the walls of all languages have the same. */
export interface WallQuery {
  readonly panel: number;
  readonly title: string;
  readonly refId: string;
  readonly expression: string;
  /** Whether it is requested now, or for the time range. */
  readonly instant: boolean;
  /** Whether a city in steady state gives an empty answer. */
  readonly emptyWhenWell: boolean;
}

/** Every query of the wall, to be asked of a real Prometheus. */
export const wallQueries = (city: City): readonly WallQuery[] =>
  panelsOf(city, LANGUAGES[0]).flatMap(({ id, title, targets }) =>
    targets.map(({ refId, expr, instant }) => ({
      panel: id,
      title,
      refId,
      expression: expr,
      instant: instant === true,
      emptyWhenWell: EMPTY_WHEN_WELL.has(id),
    })),
  );
