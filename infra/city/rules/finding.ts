import type { Figure } from '../acceptance/figure.js';
import type { Loss } from '../failures/losses.js';
import type { Problem } from '../problem.js';
import type { Writer } from '../routing/writer.js';

/** What a rule found: a problem of the design. */
export interface Finding extends Problem {
  /** What its message says, as data; absent where only the message is needed. */
  readonly facts?: Facts;
  /** The day on which the acceptance that covered it expired. */
  readonly acceptedUntil?: string;
  /** What its acceptance holds, and what has become of it. */
  readonly outgrown?: { readonly accepted: Figure | undefined; readonly found: Figure };
}

/** What a finding's message is made of, for other forms of it: another language, or a map. */
type Facts =
  | { readonly about: 'losses'; readonly losses: readonly Loss[] }
  /** `failed`: the elements that are down; none where the sites are parted instead, as `when` says. */
  | { readonly about: 'writer'; readonly when: string; readonly failed: readonly string[]; readonly writer: Writer }
  /** A system, by its key, that no flow lets people at an office use. */
  | { readonly about: 'denied'; readonly system: string }
  /** Sites, by short names, whose copies of the database are parted. */
  | { readonly about: 'copies'; readonly sites: readonly [string, string] }
  /** One direction of a line, and how much of its rate is used; all its figures are in the report on capacity. */
  | { readonly about: 'line'; readonly link: string; readonly from: string; readonly to: string; readonly percent: number };
