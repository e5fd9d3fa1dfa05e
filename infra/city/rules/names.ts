/** The rules whose findings an operator may accept: one file each in this folder, but for `segmentation`, which judges what is rendered. */
export const RULE_NAMES = [
  'offices-are-served',
  'no-single-point-of-failure',
  'one-writer',
  'copies-stay-joined',
  'lines-have-room',
  'segmentation',
] as const;
export type RuleName = (typeof RULE_NAMES)[number];
