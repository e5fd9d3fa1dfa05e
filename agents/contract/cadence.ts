/** How often an office's agent pushes, and when it counts as silent: whoever judges it must know both. */

export const PUSH_SECONDS = 15;
/** Two pushes may be lost. */
export const AGENT_FRESH_SECONDS = 3 * PUSH_SECONDS;
