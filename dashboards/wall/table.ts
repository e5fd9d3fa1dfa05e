import { TableCellHeight, TableFooterOptionsBuilder } from '@grafana/grafana-foundation-sdk/common';
import type { DataTransformerConfig, DynamicConfigValue, ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/table';
import type { Bilingual, Language } from '../../infra/city/identity.js';
import { nameLabel } from './language.js';
import { thresholds } from './panel.js';

/** A column: the field of the data that it shows, and how. */
export interface Column {
  readonly field: string;
  readonly title: Bilingual;
  readonly widthPx?: number;
  readonly properties?: readonly DynamicConfigValue[];
}

/** A table's columns for an office: its number and name, then `more`, then where it belongs. */
export const officeColumns = (language: Language, more: readonly Column[] = []): readonly Column[] => [
  { field: 'endpoint', title: { vi: 'Mã', en: 'Number' }, widthPx: 80 },
  { field: nameLabel(language), title: { vi: 'Đơn vị', en: 'Office' } },
  ...more,
  { field: 'district', title: { vi: 'Quận, huyện', en: 'District' }, widthPx: 140 },
  { field: 'node', title: { vi: 'Nút tổng hợp', en: 'Aggregation node' }, widthPx: 140 },
];

/** A table with these columns in this order; every other field of the data is hidden. */
export function table(language: Language, columns: readonly Column[], hidden: readonly string[]): PanelBuilder {
  const panel = new PanelBuilder()
    .unit('none')
    .thresholds(thresholds())
    .cellHeight(TableCellHeight.Sm)
    .footer(new TableFooterOptionsBuilder().show(false).reducer([]))
    .withTransformation({ id: 'merge', options: {} })
    .withTransformation(organized(language, columns, ['Time', ...hidden]));
  return columns.reduce((built, column) => built.overrideByName(column.title[language], propertiesOf(column)), panel);
}

/** Puts a field's words and colours from the mapping into the cell: colour behind the word, never instead of it. */
export const worded = (mapping: ValueMapping): readonly DynamicConfigValue[] => [
  { id: 'mappings', value: [mapping] },
  { id: 'custom.cellOptions', value: { type: 'color-background', mode: 'basic' } },
];

/** A field's words only. */
export const named = (mapping: ValueMapping): readonly DynamicConfigValue[] => [{ id: 'mappings', value: [mapping] }];

/** The name of the value of a query among several; of a sole query it is `Value`. */
export const valueField = (refId: string): string => `Value #${refId}`;

const organized = (language: Language, columns: readonly Column[], hidden: readonly string[]): DataTransformerConfig => ({
  id: 'organize',
  options: {
    excludeByName: Object.fromEntries(hidden.map(field => [field, true])),
    indexByName: Object.fromEntries(columns.map(({ field }, index) => [field, index])),
    renameByName: Object.fromEntries(columns.map(({ field, title }) => [field, title[language]])),
  },
});

/** An empty cell would show what the panel says when it has no row at all. */
const EMPTY_CELL: DynamicConfigValue = { id: 'noValue', value: '–' };

const propertiesOf = ({ widthPx, properties = [] }: Column): DynamicConfigValue[] => [
  EMPTY_CELL,
  ...(widthPx === undefined ? [] : [{ id: 'custom.width', value: widthPx }]),
  ...properties,
];
