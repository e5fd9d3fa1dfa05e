import type { Language } from '../../../infra/city/identity.js';
import { showRate } from '../../../infra/city/rules/lines-have-room.js';

const GROUP = { vi: '.', en: ',' } as const satisfies Record<Language, string>;

/** `101.480` or `101,480`: written here, because what a runtime knows of languages differs from machine to machine. */
export const showCount = (count: number, language: Language): string => String(count).replace(/\B(?=(\d{3})+$)/g, GROUP[language]);

/** `36,5 Mbit/s` or `36.5 Mbit/s`. */
export const showRateIn = (bps: number, language: Language): string =>
  language === 'vi' ? showRate(bps).replace('.', ',') : showRate(bps);

export const showPercent = (ratio: number): string => `${Math.round(100 * ratio)} %`;
