import type { System } from '../../city/model.js';
import { PORT } from '../../site/ports.js';
import { databaseOf } from '../../site/programs/canary.js';
import { MAINTENANCE_DATABASE } from '../constructs/database.js';
import type { TaskContainer } from '../constructs/service.js';
import { imageOf, secretArn, siteNames, systemNames } from '../plan/names.js';
import type { SiteResources } from './site-resources.js';

/** A system's own part of the common database, as its task sees it. */
export interface OwnDatabase {
  /** The container that creates role and database before the application starts. */
  readonly prepares: TaskContainer;
  /** Variables of the application, as PostgreSQL's clients read them. */
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  /** The secrets of both containers, as a policy names them. */
  readonly secretArns: readonly string[];
}

/** A role, a database and a password of a system's own: no application has another's, nor the owner's. */
export function ownDatabase({ deployment, place }: Pick<SiteResources, 'deployment' | 'place'>, system: System, host: string): OwnDatabase {
  const { primary, city } = deployment;
  // By name at both sites: those of the backup are copies of the primary's.
  const [owner, own] = [siteNames(primary).databaseSecret, systemNames(primary, system).databaseSecret].map(name => secretArn(place, name));
  const server = { PGHOST: host, PGPORT: String(PORT.postgres), PGSSLMODE: 'require' };
  const name = databaseOf(system);
  return {
    prepares: {
      name: CONTAINER,
      image: imageOf(place, city.aws.database.client),
      essential: false,
      command: ['sh', '-ec', PREPARE],
      environment: { ...server, PGDATABASE: MAINTENANCE_DATABASE, PGCONNECT_TIMEOUT: '10', STATEMENTS: statementsFor(name) },
      secrets: { ...userOf(owner), OWN_PASSWORD: `${own}:password::` },
    },
    environment: { ...server, PGDATABASE: name },
    secrets: userOf(own),
    // Without the suffix that AWS adds to a name.
    secretArns: [owner, own].map(arn => `${arn}-??????`),
  };
}

/** No system has this name: keys have no underscores. */
const CONTAINER = 'prepare_database';

const userOf = (arn = '') => ({ PGUSER: `${arn}:username::`, PGPASSWORD: `${arn}:password::` });

/** The script that creates them. It does nothing at a copy. The password is on no command line and in no log: psql sends its digest. */
export const PREPARE = String.raw`copy=$(psql -XAtqc 'SELECT pg_is_in_recovery()')
[ "$copy" = f ] || exit 0
printf '%s\n' "$STATEMENTS" "$OWN_PASSWORD" "$OWN_PASSWORD" | psql -Xqo /dev/null -v ON_ERROR_STOP=1`;

/**
 * The statements that create a role and its database where they are missing, and set the password: psql prompts for it twice.
 *
 * One task at a time, by the lock: of two that change a role at once one would fail. Only a member may make a database for a role, and
 * RDS's first user is no superuser. Without the last revocation every other system's role might connect, too.
 */
export const statementsFor = (name: string): string => String.raw`SELECT pg_advisory_lock(hashtext('citydc'));
SELECT 'CREATE ROLE "${name}" LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${name}') \gexec
GRANT "${name}" TO CURRENT_USER;
SELECT 'CREATE DATABASE "${name}" OWNER "${name}"' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '${name}') \gexec
REVOKE ALL ON DATABASE "${name}" FROM PUBLIC;
\password ${name}`;
