/** The rules whose findings an operator may accept: one file each in this folder, but for the last two, which judge what is rendered. */
export const RULE_NAMES = [
  'offices-are-served',
  'no-single-point-of-failure',
  'one-writer',
  'copies-stay-joined',
  'lines-have-room',
  'programs-are-let-through',
  'segmentation',
] as const;
export type RuleName = (typeof RULE_NAMES)[number];
