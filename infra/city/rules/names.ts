/** The rules whose findings an operator may accept: one file each in this folder, but for the last three, which judge what is made of a city. */
export const RULE_NAMES = [
  'sites-can-serve',
  'offices-are-served',
  'externals-are-served',
  'no-single-point-of-failure',
  'one-writer',
  'copies-stay-joined',
  'lines-have-room',
  'city-is-watched',
  'programs-are-let-through',
  'neighbours-announce-their-own',
  'segmentation',
] as const;
export type RuleName = (typeof RULE_NAMES)[number];
