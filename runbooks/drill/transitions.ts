/** Every state that a run may be in. A run is only ever in the last one that its journal names. */

/** What a drill does, in order. */
export const COURSE = [
  'precheck',
  'steady-state',
  'start-clients',
  'baseline',
  'inject',
  'observe',
  'heal',
  'restore',
  'switch-back',
  'settle',
  'stop-clients',
  'collect',
] as const;

/** What undoes a drill, wherever it stopped: the fault first. Each step is safe when it has nothing to do, and safe twice. */
export const ROLLBACK = ['heal', 'end-clients', 'restore', 'switch-back', 'settle'] as const;

/** How every run ends. */
const ENDING = ['judge', 'closed'] as const;

export type DrillStep = (typeof COURSE)[number] | (typeof ROLLBACK)[number];
export type Transition = 'opened' | DrillStep | 'break-off' | (typeof ENDING)[number];

/** The transitions of a run that goes well, in order: one is persisted before its step acts. */
export const RUN_TRANSITIONS = ['opened', ...COURSE, ...ENDING] as const satisfies readonly Transition[];

/** Those of a recovery, or of a run after Ctrl-C. */
export const RECOVERY_TRANSITIONS = ['break-off', ...ROLLBACK, ...ENDING] as const satisfies readonly Transition[];

/** Every transition once. */
export const TRANSITIONS: readonly Transition[] = [...new Set<Transition>([...RUN_TRANSITIONS, ...RECOVERY_TRANSITIONS])];

/** From this step on the city is touched, so that breaking off means rolling back. */
export const FIRST_TOUCH = 'start-clients' satisfies DrillStep;
