/** The rules whose findings an operator may accept: one file each in this folder, but for the last three, which judge what is made of a city. */
export const RULE_NAMES = [
  'offices-are-served',
  'no-single-point-of-failure',
  'one-writer',
  'copies-stay-joined',
  'lines-have-room',
  'sites-can-serve',
  'programs-are-let-through',
  'segmentation',
] as const;
export type RuleName = (typeof RULE_NAMES)[number];
