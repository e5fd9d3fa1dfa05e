import type { Problem } from '../../problem.js';
import type { Draft } from '../draft.js';
import { problemAt, soundOf } from '../entry.js';

/**
 * Keys that a system may not have, and who has the name already: a system's key is the name of its parts at every edge, and, with `_` for
 * `-`, of its database and of the role that owns it.
 *
 * @see https://www.postgresql.org/docs/15/manage-ag-templatedbs.html for the databases that every cluster has
 * @see https://www.postgresql.org/docs/15/sql-createrole.html for role names that begin with pg_, and for `public` and `none`
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_PostgreSQL.html for `rdsadmin` and the roles of rds_
 */
const TAKEN: readonly { readonly name: RegExp; readonly by: string }[] = [
  { name: /^(health|metrics|writer)$/, by: 'HAProxy has a part of that name on every edge' },
  { name: /^(postgres|template0|template1)$/, by: 'every PostgreSQL cluster has a database of that name' },
  {
    name: /^(public|none|user|current-user|current-role|session-user)$/,
    by: 'PostgreSQL reads it as a word of its own where a role is named',
  },
  { name: /^pg-/, by: 'PostgreSQL keeps roles that begin with pg_ for itself' },
  { name: /^rds(admin|-)/, by: 'RDS keeps that role for itself' },
  { name: /^(replicator|rewind|city)$/, by: "the city's cluster has a role or database of that name" },
];

/** Systems have names that every program which is called by them takes. */
export const checkNames = ({ systems }: Draft): readonly Problem[] =>
  soundOf(systems).flatMap(system =>
    TAKEN.filter(({ name }) => name.test(system.value.key)).map(({ by }) =>
      problemAt(system, 'key', 'reserved-name', `'${system.value.key}' is taken: ${by}`, 'choose another key'),
    ),
  );
