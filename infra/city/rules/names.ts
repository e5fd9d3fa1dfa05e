/** The rules whose findings an operator may accept, one file each in this folder. */
export const RULE_NAMES = ['survives-one-risk-group', 'office-has-two-uplinks'] as const;
export type RuleName = (typeof RULE_NAMES)[number];
