import { MappingType, type ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Bilingual, Language } from '../../infra/city/identity.js';

/** Nothing known is neither good nor bad: it has a colour of its own, and so has whatever is below the first threshold. */
export const UNKNOWN_COLOUR = 'purple';

/** The states that the rules record, in the order of a legend. Colour never stands alone: the word is shown with it. */
export const STATES = [
  { value: 0, name: { vi: 'Hoạt động', en: 'Up' }, colour: 'green' },
  { value: 1, name: { vi: 'Mất kết nối', en: 'Down' }, colour: 'red' },
  { value: 2, name: { vi: 'Do nút trên mất', en: 'Behind a dead node' }, colour: 'orange' },
  { value: -1, name: { vi: 'Không rõ', en: 'Unknown' }, colour: UNKNOWN_COLOUR },
] as const satisfies readonly State[];

interface State {
  readonly value: number;
  readonly name: Bilingual;
  readonly colour: string;
}

/** Numbers or words of the data, as people read them. */
export function mapping(
  language: Language,
  entries: Readonly<Record<string, { readonly name: Bilingual; readonly colour?: string }>>,
): ValueMapping {
  const options = Object.entries(entries).map(([value, { name, colour }], index) => [
    value,
    { text: name[language], ...(colour === undefined ? {} : { color: colour }), index },
  ]);
  return { type: MappingType.ValueToText, options: Object.fromEntries(options) };
}

export const stateMapping = (language: Language): ValueMapping =>
  mapping(language, Object.fromEntries(STATES.map(state => [`${state.value}`, state])));
