import type { RuleName } from './names.js';
import { officeHasTwoUplinks } from './office-has-two-uplinks.js';
import type { Rule } from './rule.js';
import { survivesOneRiskGroup } from './survives-one-risk-group.js';

/** Every rule that `citydc check` applies, in the order of its report. */
export const RULES = {
  'survives-one-risk-group': survivesOneRiskGroup,
  'office-has-two-uplinks': officeHasTwoUplinks,
} as const satisfies Record<RuleName, Rule>;
