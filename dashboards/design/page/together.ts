/** Two failures at once, and when no site may write: for information. */

import type { DoubleFailureSummary } from '../../../infra/city/check.js';
import { grouped } from '../../../infra/city/grouped.js';
import { escapeXml } from '../diagram/markup.js';
import { folded, paragraph, section, table } from './html.js';
import { showCount } from './numbers.js';
import { lossesIn, whenIn, whyIn } from './sentences.js';
import type { PageView } from './view.js';
import { WORDS } from './words.js';

type Effect = DoubleFailureSummary['effects'][number];

const SHOWN = 6;

export function doublesSection(view: PageView): string {
  const { report, language } = view;
  const { effects } = report.doubleFailures;
  const [id, title, note] = [`doubles-${language}`, WORDS.doubles[language], paragraph(WORDS.doublesNote[language], 'note')];
  if (effects.length === 0) return section(id, title, note, paragraph(WORDS.noDoubles[language], 'fine'));
  return section(
    id,
    title,
    note,
    effectsTable(view, effects.slice(0, SHOWN), ([first]) => (first === undefined ? '' : pairOf(view, first))),
    folded(
      escapeXml(WORDS.allEffects[language]),
      effectsTable(view, effects, pairs => pairs.map(pair => pairOf(view, pair)).join('; ')),
    ),
  );
}

function effectsTable(view: PageView, effects: readonly Effect[], example: (pairs: Effect['pairs']) => string): string {
  const { language } = view;
  const rows = effects.map(({ pairs, losses }) =>
    [example(pairs), showCount(pairs.length, language), lossesIn(losses, view)].map(escapeXml),
  );
  return table([WORDS.forExample[language], WORDS.pairs[language], WORDS.follows[language]], rows);
}

const pairOf = ({ language }: PageView, [one, other]: readonly [string, string]): string => `${one} ${WORDS.and[language]} ${other}`;

export function writersSection(view: PageView): string {
  const { report, language } = view;
  const [id, title, note] = [`writers-${language}`, WORDS.writers[language], paragraph(WORDS.writersNote[language], 'note')];
  if (report.withoutWriter.length === 0) return section(id, title, paragraph(WORDS.noWriters[language], 'note'));
  const reasons = [...grouped(report.withoutWriter, each => [whyIn(view, each)])];
  const rows = reasons.map(([why, same]) =>
    [same[0] === undefined ? '' : whenIn(view, same[0]), showCount(same.length, language), why].map(escapeXml),
  );
  const all = reasons.map(([why, same]) => [why, same.map(each => whenIn(view, each)).join('; ')].map(escapeXml));
  return section(
    id,
    title,
    note,
    table([WORDS.forExample[language], WORDS.cases[language], WORDS.because[language]], rows),
    folded(escapeXml(WORDS.allCases[language]), table([WORDS.because[language], WORDS.cases[language]], all)),
  );
}
