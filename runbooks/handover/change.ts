/** Everything that a handover does to AWS, as data. */

import type { SecurityRule } from '../../infra/aws/plan/admission.js';
import type { DatabaseSettings } from '../../infra/aws/plan/database.js';
import type { Hold, Ingress } from './situation.js';

/** Which of the two sites of a handover. */
export type End = 'from' | 'to';

/** A tag that a handover leaves on a database. */
export type Mark = 'restart-asked' | 'fenced-since' | 'writer-since';

export type Change =
  | { readonly do: 'scale'; readonly at: End; readonly system: string; readonly tasks: number }
  | { readonly do: 'close'; readonly at: End; readonly rules: readonly Ingress[] }
  | { readonly do: 'open'; readonly at: End; readonly group: string; readonly rules: readonly SecurityRule[] }
  | { readonly do: 'reboot'; readonly at: End }
  | { readonly do: 'mark'; readonly at: End; readonly mark: Mark; readonly atMs: number }
  | { readonly do: 'unmark'; readonly at: End; readonly mark: Mark }
  | { readonly do: 'promote'; readonly at: End }
  | { readonly do: 'second-zone'; readonly at: End }
  | { readonly do: 'set-aside'; readonly at: End }
  /** A copy behind this security group. */
  | { readonly do: 'copy'; readonly at: End; readonly group: string }
  /** Settings of the database as its stack has them. */
  | { readonly do: 'settle'; readonly at: End; readonly settings: Partial<DatabaseSettings> }
  | { readonly do: 'turn-names'; readonly check: string; readonly alarm: string; readonly hold: Hold };

/** A change in words, without the site at which it is made. */
export function describeChange(change: Change): string {
  switch (change.do) {
    case 'scale':
      return `${change.system} to ${change.tasks} tasks`;
    case 'close':
      return `remove ${change.rules.map(ruleWords).join(', ')}`;
    case 'open':
      return `admit ${change.rules.map(ruleWords).join(', ')}`;
    case 'mark':
      return `tag ${change.mark}`;
    case 'unmark':
      return `remove tag ${change.mark}`;
    case 'turn-names':
      return change.hold === 'alarm' ? `let ${change.alarm} decide again` : `hold ${change.alarm} ${change.hold}`;
    case 'settle':
      return `set ${Object.entries(change.settings)
        .map(setting => setting.join(' '))
        .join(', ')}`;
    default:
      return WORDS[change.do];
  }
}

const WORDS = {
  reboot: 'restart the database',
  promote: 'promote the copy',
  'second-zone': 'spread the database over two zones',
  'set-aside': 'rename the database, and keep it',
  copy: 'make a copy of the database of the other site',
} as const;

const ruleWords = ({ cidr, protocol, from }: Pick<Ingress, 'cidr' | 'protocol' | 'from'>): string =>
  `${protocol} ${from ?? 'all'} of ${cidr ?? 'a group'}`;
