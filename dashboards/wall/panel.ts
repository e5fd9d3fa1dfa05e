import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  type GridPos,
  type Panel,
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder, PromQueryFormat, QueryEditorMode } from '@grafana/grafana-foundation-sdk/prometheus';
import type { Bilingual, Language } from '../../infra/city/identity.js';
import type { City } from '../../infra/city/model.js';
import { CHOSEN_SOURCE } from './source.js';
import { UNKNOWN_COLOUR } from './state.js';

/** What a wall is made for. */
export interface WallView {
  readonly city: City;
  readonly language: Language;
}

/** A part of the wall, in one language. */
export type PanelOf = (view: WallView) => Builder<Panel>;

/** What every panel says of itself. */
export interface PanelFrame {
  /** Permanent: links and tests name a panel by it. */
  readonly id: number;
  readonly at: GridPos;
  readonly title: Bilingual;
  readonly description: Bilingual;
  /** What stands there when nothing is known: never a number. */
  readonly nothing: Bilingual;
}

/** The builders of all kinds of panels have these in common, and no class says so. */
interface Framed<B> {
  id(id: number): B;
  gridPos(at: GridPos): B;
  title(text: string): B;
  description(text: string): B;
  noValue(text: string): B;
  datasource(source: typeof CHOSEN_SOURCE): B;
  targets(queries: Builder<ReturnType<DataqueryBuilder['build']>>[]): B;
}

/** A panel with its frame and its queries, which are A, B, C … in their order. */
export const framed = <B extends Framed<B>>(
  builder: B,
  { language }: WallView,
  frame: PanelFrame,
  queries: readonly DataqueryBuilder[],
): B =>
  builder
    .id(frame.id)
    .gridPos(frame.at)
    .title(frame.title[language])
    .description(frame.description[language])
    .noValue(frame.nothing[language])
    .datasource(CHOSEN_SOURCE)
    .targets(queries.map((query, index) => query.refId(refId(index))));

/** The name of a query in its panel. */
export const refId = (index: number): string => String.fromCharCode('A'.charCodeAt(0) + index);

/** What holds now, one series a value. */
export const now = (expression: string, legend: string): DataqueryBuilder =>
  query(expression, legend, PromQueryFormat.TimeSeries).instant();

/** What holds now, one row a series. */
export const rows = (expression: string): DataqueryBuilder => query(expression, '', PromQueryFormat.Table).instant();

/** How it came to be, over the time range of the wall. */
export const history = (expression: string, legend: string): DataqueryBuilder =>
  query(expression, legend, PromQueryFormat.TimeSeries).range();

const query = (expression: string, legend: string, format: PromQueryFormat): DataqueryBuilder =>
  new DataqueryBuilder().expr(expression).legendFormat(legend).format(format).editorMode(QueryEditorMode.Code);

/** Colours from limits upwards; below the first of them, and so for no value at all, is the colour of what is not known. */
export const thresholds = (...limits: readonly (readonly [from: number, colour: string])[]): ThresholdsConfigBuilder =>
  new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(stepsOf(limits));

/** The same as the property of an override. */
export const thresholdsProperty = (...limits: readonly (readonly [from: number, colour: string])[]) => ({
  id: 'thresholds',
  value: { mode: ThresholdsMode.Absolute, steps: stepsOf(limits) },
});

const stepsOf = (limits: readonly (readonly [from: number, colour: string])[]): Threshold[] => [
  { value: null, color: UNKNOWN_COLOUR },
  ...limits.map(([value, color]) => ({ value, color })),
];
