/**
 * When a site announces one service. Pure: (rules, state, observation, time) → state; its phase is the wanted announcement.
 *
 * A return is announced as `held` first: routing then uses it only when there is no other path. Founding is no return.
 */

export type ServicePhase = 'withdrawn' | 'held' | 'preferred';

export interface ServiceRules {
  readonly role: 'primary' | 'backup';
  readonly state: 'none' | 'database';
  readonly holdDownMs: number;
  readonly quorumGraceMs: number;
}

export interface Observation {
  /** An edge answers and says that at least one application host does. */
  readonly reachable: boolean;
  /** An etcd member of this site answers that it has quorum. */
  readonly quorum: boolean;
}

export interface ServiceState {
  readonly phase: ServicePhase;
  /** It has never been announced here: the first announcement needs no hold-down. */
  readonly founding: boolean;
  /** Since when it has been healthy, without interruption; undefined while it is not. */
  readonly healthySinceMs: number | undefined;
  /** Since when there has been no quorum; undefined while there is. */
  readonly noQuorumSinceMs: number | undefined;
  readonly observedAtMs: number;
}

/** Time in which nothing was observed (a stopped process) proves no health: past this, the hold-down starts anew. */
export const MAX_BLIND_MS = 3000;

/** Of a service that was never announced here, or was and is coming back: nothing is announced yet. */
export const initialState = (known: boolean, nowMs: number): ServiceState => ({
  phase: 'withdrawn',
  founding: !known,
  healthySinceMs: undefined,
  noQuorumSinceMs: undefined,
  observedAtMs: nowMs,
});

/** Of a service whose route outlived the announcer's process: the announcement stays, a hold-down starts anew. */
export const resumedState = (phase: 'held' | 'preferred', nowMs: number): ServiceState => ({
  ...initialState(true, nowMs),
  phase,
});

/** The state after an observation. */
export function advance(rules: ServiceRules, before: ServiceState, seen: Observation, nowMs: number): ServiceState {
  const quorum = seen.quorum || !needsQuorum(rules);
  const healthy = seen.reachable && quorum;
  const blind = nowMs - before.observedAtMs > MAX_BLIND_MS;
  const healthySinceMs = healthy ? (blind ? nowMs : (before.healthySinceMs ?? nowMs)) : undefined;
  const noQuorumSinceMs = quorum ? undefined : (before.noQuorumSinceMs ?? nowMs);
  const observed = { ...before, healthySinceMs, noQuorumSinceMs, observedAtMs: nowMs };
  const phase = phaseOf(rules, observed, seen.reachable, nowMs);
  return { ...observed, phase, founding: before.founding && phase === 'withdrawn' };
}

/** Only the primary: were the backup to withdraw too, a city without quorum would not even read. */
const needsQuorum = ({ role, state }: ServiceRules): boolean => role === 'primary' && state === 'database';

function phaseOf(rules: ServiceRules, state: ServiceState, reachable: boolean, nowMs: number): ServicePhase {
  if (!reachable || graceIsOver(rules, state, nowMs)) return 'withdrawn';
  if (state.phase === 'withdrawn') return firstPhase(state);
  return state.phase === 'held' && holdDownIsOver(rules, state, nowMs) ? 'preferred' : state.phase;
}

const graceIsOver = ({ quorumGraceMs }: ServiceRules, { noQuorumSinceMs }: ServiceState, nowMs: number): boolean =>
  noQuorumSinceMs !== undefined && nowMs - noQuorumSinceMs >= quorumGraceMs;

/** Grace is for what is announced already: nothing starts without quorum. */
function firstPhase({ founding, healthySinceMs }: ServiceState): ServicePhase {
  if (healthySinceMs === undefined) return 'withdrawn';
  return founding ? 'preferred' : 'held';
}

const holdDownIsOver = ({ holdDownMs }: ServiceRules, { healthySinceMs }: ServiceState, nowMs: number): boolean =>
  healthySinceMs !== undefined && nowMs - healthySinceMs >= holdDownMs;
