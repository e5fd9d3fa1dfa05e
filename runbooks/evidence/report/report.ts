/** The files that a judgement becomes. Pure. */

import { LANGUAGES } from '../../../infra/city/identity.js';
import type { Judgement } from '../../judge/judge.js';
import { FILES } from '../evidence.js';
import { markdown } from './markdown.js';

/** Path in the evidence folder → content. */
export const reportFiles = (judgement: Judgement): Readonly<Record<string, string>> => ({
  [FILES.verdict]: json({ schema: 1, run: judgement.run, verdict: judgement.verdict, brokenOff: judgement.brokenOff }),
  [FILES.report]: json(judgement),
  ...Object.fromEntries(LANGUAGES.map(language => [FILES.reportIn(language), markdown(judgement, language)])),
});

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;
