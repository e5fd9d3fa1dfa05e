import { LANGUAGES, type Language } from '../../infra/city/identity.js';

/** The label that carries an office's or node's name. */
export const nameLabel = (language: Language): `name_${Language}` => `name_${language}`;

/** The labels that carry it in other languages. */
export const otherNames = (language: Language): readonly string[] => LANGUAGES.filter(each => each !== language).map(nameLabel);

/** The permanent name of a wall: it is its address in Grafana. */
export const wallUid = (language: Language): string => `citydc-wall-${language}`;
