/** The rules whose findings an operator may accept, one file each in this folder. */
export const RULE_NAMES = ['offices-are-served', 'no-single-point-of-failure', 'one-writer', 'lines-have-room'] as const;
export type RuleName = (typeof RULE_NAMES)[number];
