import type { Finding } from '../rules/finding.js';
import { extentLine, heldBy, heldIn } from './extent.js';
import { type Figure, type Figures, holds, least, showFigure } from './figure.js';
import type { MatchedAcceptance } from './match.js';

/** What to know of an acceptance before it is a problem: that it expires soon, and that it holds more than there is. */
export const notesOf = (acceptance: MatchedAcceptance, today: string): readonly Finding[] => [
  ...expiring(acceptance, today),
  ...wide(acceptance),
];

/** Two months are enough to agree on what comes after. */
const SOON_DAYS = 60;
const DAY_MS = 86_400_000;

function expiring({ path, expires, owner, findings }: MatchedAcceptance, today: string): readonly Finding[] {
  const days = Math.round((Date.parse(expires) - Date.parse(today)) / DAY_MS);
  if (days > SOON_DAYS) return [];
  const what = findings.length === 1 ? '1 finding is a problem' : `${findings.length} findings are problems`;
  return [
    {
      rule: 'acceptance-expires-soon',
      path,
      message: `it expires on ${expires}, in ${days === 1 ? '1 day' : `${days} days`}: then ${what} again`,
      hint: `repair what it accepts, or agree with its owner (${owner}) on a later date`,
    },
  ];
}

interface Wide {
  readonly name: string;
  readonly held: Figure;
  readonly found: Figure | undefined;
}

/** What became better is to stay better: the operator narrows the acceptance. */
function wide({ path, extent, found }: MatchedAcceptance): readonly Finding[] {
  const more = heldIn(extent ?? {}).flatMap(({ names, figure }) => names.flatMap(name => widerThan(name, figure, found.get(name))));
  if (more.length === 0) return [];
  const rest = more.length > SHOWN ? `, and ${more.length - SHOWN} more` : '';
  return [
    {
      rule: 'acceptance-wider-than-found',
      path,
      message: `it accepts more than there is: ${more.slice(0, SHOWN).map(showWide).join(', ')}${rest}`,
      hint: `narrow it to what is found: ${extentLine(narrowed(found, heldBy(extent)))}`,
    },
  ];
}
const SHOWN = 3;

const widerThan = (name: string, held: Figure, found: Figure | undefined): readonly Wide[] =>
  found === undefined || (holds(held, found) && !holds(found, held)) ? [{ name, held, found }] : [];

const showWide = ({ name, held, found }: Wide): string =>
  `${name} ${showFigure(held)}, found ${found === undefined ? 'nothing' : showFigure(found)}`;

/** What is both found and held: narrowing accepts nothing new. */
const narrowed = (found: Figures, held: Figures): Figures =>
  new Map(
    [...found].flatMap(([name, figure]) => {
      const until = held.get(name);
      return until === undefined ? [] : [[name, least(until, figure)] as const];
    }),
  );
