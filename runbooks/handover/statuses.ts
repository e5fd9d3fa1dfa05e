/** The statuses of RDS, and what may be concluded from each. Pure. */

/**
 * - `usable`: it works and accepts changes, if perhaps a little later.
 * - `passing`: something is under way that ends by itself; it may work meanwhile.
 * - `down`: no engine runs, so no client is connected.
 * - `stuck`: RDS no longer restarts it, and connected clients may still write.
 */
export type Condition = 'usable' | 'passing' | 'down' | 'stuck';

/**
 * Of PostgreSQL. AWS does not say of each whether an engine runs (`assumed`): one that may run counts as `stuck`.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html
 */
export const CONDITIONS = {
  available: 'usable',
  'backing-up': 'usable',
  'configuring-associated-roles': 'usable',
  'configuring-enhanced-monitoring': 'usable',
  'configuring-iam-database-auth': 'usable',
  'configuring-log-exports': 'usable',
  'storage-initialization': 'usable',
  'storage-optimization': 'usable',
  'converting-to-vpc': 'passing',
  creating: 'passing',
  'delete-precheck': 'passing',
  deleting: 'passing',
  maintenance: 'passing',
  modifying: 'passing',
  'moving-to-vpc': 'passing',
  rebooting: 'passing',
  renaming: 'passing',
  'resetting-master-credentials': 'passing',
  starting: 'passing',
  stopping: 'passing',
  'storage-config-upgrade': 'passing',
  upgrading: 'passing',
  'inaccessible-encryption-credentials': 'down',
  'inaccessible-encryption-credentials-recoverable': 'down',
  stopped: 'down',
  failed: 'stuck',
  'incompatible-create': 'stuck',
  'incompatible-network': 'stuck',
  'incompatible-option-group': 'stuck',
  'incompatible-parameters': 'stuck',
  'incompatible-restore': 'stuck',
  'insufficient-capacity': 'stuck',
  'restore-error': 'stuck',
  'storage-full': 'stuck',
} as const satisfies Readonly<Record<string, Condition>>;

/** What a status means; one that is not in the table counts as `passing`. */
export const conditionOf = ({ status }: { readonly status: string }): Condition =>
  new Map<string, Condition>(Object.entries(CONDITIONS)).get(status) ?? 'passing';
