/** The map, what its colours mean, and what each of its elements has to say. */

import type { FailingElement } from '../../../infra/city/routing/failure.js';
import type { Finding } from '../../../infra/city/rules/finding.js';
import { mapSvg } from '../diagram/map/map.js';
import { element, escapeXml } from '../diagram/markup.js';
import { paragraph, section, tag } from './html.js';
import { showCount } from './numbers.js';
import { calledOf, loadIn, sentenceBeside } from './sentences.js';
import { membersOf, type PageView } from './view.js';
import { manyOffices, marked, type Weight } from './weights.js';
import { WORDS } from './words.js';

export function mapSection(view: PageView, weights: ReadonlyMap<string, Weight>): string {
  const { city, outline, language } = view;
  const drawn = mapSvg(city, outline, language, name => {
    const weight = weights.get(name);
    return weight && marked(view, weight);
  });
  return section(
    `map-${language}`,
    WORDS.map[language],
    paragraph(WORDS.mapHint[language], 'note scripted'),
    legend(view),
    tag('div', { class: 'scroll map' }, `\n${drawn}`),
    tag('div', { class: 'effect', 'aria-live': 'polite' }),
  );
}

function legend(view: PageView): string {
  const { language } = view;
  const say = (key: keyof typeof WORDS) => WORDS[key][language];
  const many = manyOffices(view);
  const signs: readonly (readonly [string, string])[] = [
    ['takes-one', say('takesOne')],
    ...(many > 2 ? [['takes-some', `${say('takesSome')} ${showCount(many - 1, language)} ${say('offices')}`] as const] : []),
    ['takes-many', `${say('takesMany')} ${showCount(many, language)} ${say('orMore')}`],
    ['tight', say('tightLine')],
    ['unaccepted', say('unaccepted')],
  ];
  return tag('ul', { class: 'legend' }, ...signs.map(([kind, text]) => tag('li', {}, swatch(kind), escapeXml(text))));
}

/** Drawn, not a background: printers leave backgrounds out. */
const swatch = (kind: string): string =>
  element(
    'svg',
    { class: 'swatch', viewBox: '0 0 34 16', width: 34, height: 16, 'aria-hidden': 'true' },
    element('line', { x1: 0, y1: 8, x2: 16, y2: 8, class: kind }),
    kind === 'tight'
      ? element('line', { x1: 16, y1: 8, x2: 34, y2: 8, class: kind })
      : element('circle', { cx: 25, cy: 8, r: 5.5, class: kind }),
  );

/** What the page says of an element, and what it rings on the map. */
export interface Note {
  readonly called: string;
  readonly sentences: readonly string[];
  readonly rings: readonly string[];
}

/** Of every element that can fail, by name. */
export const notesOf = (view: PageView, weights: ReadonlyMap<string, Weight>): Readonly<Record<string, Note>> =>
  Object.fromEntries([...view.elements.values()].map(each => [each.name, noteOn(view, each, weights.get(each.name))]));

function noteOn(view: PageView, failing: FailingElement, weight: Weight | undefined): Note {
  const findings = weight?.findings ?? [];
  const sentences = findings.map(finding => sentenceBeside(view, finding));
  return {
    called: calledOf(view, failing),
    sentences: [...(sentences.length === 0 ? [WORDS.harmless[view.language]] : sentences), ...loadsOn(view, failing, findings)],
    rings: [...(weight?.offices ?? []), ...(failing.kind === 'group' ? membersOf(view, failing) : [])],
  };
}

/** What both directions of a line carry, but for what a finding says already. */
const loadsOn = (view: PageView, { kind, name }: FailingElement, findings: readonly Finding[]): readonly string[] =>
  kind !== 'link'
    ? []
    : (view.loads.get(name) ?? [])
        .filter(({ from }) => !findings.some(({ facts }) => facts?.about === 'line' && facts.from === from))
        .map(line => loadIn(view, line));
