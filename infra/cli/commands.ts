import type { CommandEntry } from './command.js';

/** Every command, in the order of the help. Its code is loaded when it is called. */
export const COMMANDS = [
  {
    name: 'check',
    summary: 'validate an inventory and verify the design',
    example: 'citydc check can-tho-2022',
    load: () => import('./commands/check.js'),
  },
  {
    name: 'diff',
    summary: 'what changes between two inventories, address churn included',
    example: 'citydc diff can-tho-2022 ./my-inventory',
    load: () => import('./commands/diff.js'),
  },
] as const satisfies readonly CommandEntry[];
