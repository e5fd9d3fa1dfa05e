/** How often an office's agent pushes, and when it counts as silent: the rules that judge it need both. */

export const PUSH_SECONDS = 15;
/** Two pushes may be lost. */
export const AGENT_FRESH_SECONDS = 3 * PUSH_SECONDS;
