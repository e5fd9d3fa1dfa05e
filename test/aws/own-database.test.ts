/** What prepares a system's own database, against a real server: by a user who is no superuser, as RDS's first user. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MAINTENANCE_DATABASE, OWNER } from '../../infra/aws/constructs/database.js';
import { PREPARE, statementsFor } from '../../infra/aws/patterns/own-database.js';
import { canTho, layoutOf } from '../site/cities.js';
import { openRoom, type Room, whyNoRoom } from '../site/room.js';
import { skipUnless } from '../skips.js';

/** In the room of a database host, as its user `postgres`: a server refuses to run as root. */
describe.skipIf(skipUnless('a database of its own', whyNoRoom()))('a database of its own', () => {
  let room: Room | undefined;
  const FOLDER = '/run/own';
  const DATA = `${FOLDER}/data`;
  const LOG = `${FOLDER}/log`;
  const run = async (command: readonly string[], environment: Record<string, string> = {}): Promise<string> => {
    if (room === undefined) throw new Error('no room');
    // In a session without a terminal, which psql would ask for a password.
    const { exitCode, output } = await room.run(['setsid', '--wait', 'runuser', '-u', 'postgres', '--', ...command], { environment });
    if (exitCode !== 0) throw new Error(output);
    return output.trim();
  };
  const server = (...words: readonly string[]) =>
    run(['pg_ctl', '-D', DATA, '-l', LOG, '-w', '-o', `-c listen_addresses='' -k ${FOLDER} -c log_statement=all`, ...words]);

  beforeAll(async () => {
    const host = layoutOf(canTho).hosts.find(({ role }) => role === 'database');
    if (host === undefined) throw new Error('the city has no database');
    room = await openRoom(host);
    await room.run(['install', '-d', '-o', 'postgres', FOLDER]);
    await run([
      'sh',
      '-ec',
      `echo first > ${FOLDER}/first; initdb -D ${DATA} -U rdsadmin -A scram-sha-256 --no-sync --pwfile=${FOLDER}/first`,
    ]);
    await server('start');
    const root = as('rdsadmin', 'first', 'postgres');
    await root(`CREATE ROLE ${OWNER} LOGIN CREATEROLE CREATEDB PASSWORD 'master'`);
    await root(`CREATE DATABASE ${MAINTENANCE_DATABASE} OWNER ${OWNER}`);
  });
  afterAll(() => room?.close());

  const access = (user: string, password: string, database: string) => ({
    PGHOST: FOLDER,
    PGUSER: user,
    PGPASSWORD: password,
    PGDATABASE: database,
  });
  const as = (user: string, password: string, database: string) => (statement: string) =>
    run(['psql', '-XAtqc', statement], access(user, password, database));
  /** As the task does it. */
  const prepare = (name: string, password: string) =>
    run(['sh', '-ec', PREPARE], {
      ...access(OWNER, 'master', MAINTENANCE_DATABASE),
      STATEMENTS: statementsFor(name),
      OWN_PASSWORD: password,
    });

  test('is made by however many tasks start at once, for as many systems', async () => {
    await Promise.all(['civil_status', 'civil_status', 'portal', 'civil_status', 'portal'].map(name => prepare(name, `of-${name}`)));
    await as('civil_status', 'of-civil_status', 'civil_status')('CREATE TABLE birth (id int); INSERT INTO birth VALUES (1)');
  });

  test('stays as it is the next time, but for the password', async () => {
    await prepare('civil_status', 'another');
    expect(await as('civil_status', 'another', 'civil_status')('SELECT count(*) FROM birth')).toBe('1');
    await expect(as('civil_status', 'of-civil_status', 'civil_status')('SELECT 1')).rejects.toThrow(/authentication failed/);
  });

  test('lets no other role in, and makes no role powerful', async () => {
    await expect(as('portal', 'of-portal', 'civil_status')('SELECT 1')).rejects.toThrow(/permission denied/);
    await expect(as('portal', 'of-portal', 'portal')('CREATE ROLE other')).rejects.toThrow(/permission denied/);
  });

  test('leaves no password in the log, though every statement is there', async () => {
    const text = await run(['cat', LOG]);
    expect(text).toContain('CREATE DATABASE "civil_status" OWNER "civil_status"');
    expect(text).not.toMatch(/of-civil_status|of-portal|another/);
  });

  test('fails where it cannot be made: the application does not start', async () => {
    await expect(prepare('with"quote', 'x')).rejects.toThrow();
    await expect(as('rdsadmin', 'first', 'postgres')('SELECT 1')).resolves.toBe('1');
  });

  test('is left alone at a copy', async () => {
    await server('stop', '-m', 'fast');
    await run(['touch', `${DATA}/standby.signal`]);
    await server('start');
    await prepare('warehouse', 'x');
    expect(await as('rdsadmin', 'first', 'postgres')("SELECT count(*) FROM pg_roles WHERE rolname = 'warehouse'")).toBe('0');
  });
});
