/** `citydc check --html`: what a check found as one page that needs nothing but itself. Pure: same city and day, same bytes. */

import { LANGUAGES, type Language } from '../../../infra/city/identity.js';
import { escapeXml } from '../diagram/markup.js';
import { capacitySection } from './capacity.js';
import { assumedSection, checkedSection } from './checked.js';
import { acceptedSection, problemsSection } from './findings.js';
import { head } from './head.js';
import { tag } from './html.js';
import { mapSection, notesOf } from './map.js';
import { embedded, SCRIPT } from './script.js';
import { STYLE } from './style.js';
import { doublesSection, writersSection } from './together.js';
import { type CheckedCity, type PageView, viewsOf } from './view.js';
import { type Weight, weightsOf } from './weights.js';
import { WORDS } from './words.js';

/** Nothing is loaded from anywhere; the page's own style and script stand in it. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

const TITLES = { vi: 'Tiếng Việt', en: 'English' } as const satisfies Record<Language, string>;

/** The whole page in both languages, the one that NOC staff read first; a switch without script shows the other. */
export function checkPage(checked: CheckedCity): string {
  const views = viewsOf(checked).map(view => ({ view, weights: weightsOf(view) }));
  const notes = Object.fromEntries(views.map(({ view, weights }) => [view.language, notesOf(view, weights)]));
  const { city } = checked;
  return `<!DOCTYPE html>
<html lang="vi">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeXml(`${WORDS.title.vi}: ${city.name.vi} (${city.id})`)}</title>
<style>${STYLE}</style>
</head>
<body>
${LANGUAGES.map(choice).join('')}
${tag('nav', { class: 'languages', 'aria-label': WORDS.languages.vi }, ...LANGUAGES.map(label))}
${views.map(({ view, weights }) => body(view, weights)).join('\n')}
<script type="application/json" id="notes">${embedded(notes)}</script>
<script>${SCRIPT}</script>
</body>
</html>
`;
}

/** Ahead of what they switch: style sheets look only forward. */
const choice = (language: Language, index: number): string =>
  `<input type="radio" name="language" id="language-${language}"${index === 0 ? ' checked' : ''} aria-label="${TITLES[language]}">`;

const label = (language: Language): string => tag('label', { for: `language-${language}`, lang: language }, TITLES[language]);

const body = (view: PageView, weights: ReadonlyMap<string, Weight>): string =>
  tag(
    'main',
    { class: `page ${view.language}`, lang: view.language },
    head(view),
    problemsSection(view),
    mapSection(view, weights),
    capacitySection(view),
    acceptedSection(view),
    doublesSection(view),
    writersSection(view),
    checkedSection(view),
    assumedSection(view),
    tag('footer', {}, escapeXml(`${WORDS.madeBy[view.language]}: `), tag('code', {}, 'citydc check --html')),
  );
