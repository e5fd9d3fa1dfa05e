import type { Bilingual } from '../../infra/city/identity.js';

/** What a wall is written in. NOC staff read Vietnamese first. */
export const LANGUAGES = ['vi', 'en'] as const satisfies readonly (keyof Bilingual)[];
export type Language = (typeof LANGUAGES)[number];

/** The label that carries an office's or node's name. */
export const nameLabel = (language: Language): `name_${Language}` => `name_${language}`;

/** The labels that carry it in other languages. */
export const otherNames = (language: Language): readonly string[] => LANGUAGES.filter(each => each !== language).map(nameLabel);

/** The permanent name of a wall: it is its address in Grafana. */
export const wallUid = (language: Language): string => `citydc-wall-${language}`;
