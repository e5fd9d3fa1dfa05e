import type { Bilingual } from '../../infra/city/identity.js';

/** Who acts on an alert. */
const OWNERS = ['network', 'platform', 'offices'] as const;
type Owner = (typeof OWNERS)[number];

/** `page`: the person on duty is notified at once; `ticket`: it is handled by day; `heartbeat`: its absence is the alarm. */
export type Severity = 'page' | 'ticket' | 'heartbeat';

export interface Alert {
  /** As `EndpointDown`; also the name of its runbook page. */
  readonly name: string;
  /** PromQL; its labels say where in the topology the cause is. */
  readonly expression: string;
  readonly for: string;
  /** How long it keeps firing after its cause is gone, so that what depended on it has time to recover. */
  readonly keepFiringFor?: string;
  readonly severity: Severity;
  readonly owner: Owner;
  readonly summary: Bilingual;
  readonly description: Bilingual;
}
