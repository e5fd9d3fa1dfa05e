/** What prepares a system's own database, against a real server: by somebody who is no superuser, as RDS's first user. */

import { chownSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MAINTENANCE_DATABASE, OWNER } from '../../infra/aws/constructs/database.js';
import { PREPARE, statementsFor } from '../../infra/aws/patterns/own-database.js';
import { skipUnless } from '../skips.js';

/** Where Debian puts the server's own programs; the newest. */
const [bin] = binaries();
function binaries(): readonly string[] {
  try {
    const versions = readdirSync('/usr/lib/postgresql').toSorted((a, b) => Number(b) - Number(a));
    return versions.map(version => `/usr/lib/postgresql/${version}/bin`).filter(folder => readdirSync(folder).includes('initdb'));
  } catch {
    return [];
  }
}

describe.skipIf(skipUnless('a database of its own', bin === undefined ? 'needs a PostgreSQL server: apt install postgresql' : undefined))(
  'a database of its own',
  () => {
    // Sockets' paths must be short. A server refuses to run as root.
    const folder = mkdtempSync(join(tmpdir(), 'citydc-pg-'));
    const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    const data = join(folder, 'data');
    const log = join(folder, 'log');
    const server = (...words: readonly string[]) =>
      execa(
        `${bin}/pg_ctl`,
        ['-D', data, '-l', log, '-w', '-o', `-c listen_addresses='' -k ${folder} -c log_statement=all`, ...words],
        nobody,
      );

    beforeAll(async () => {
      if (process.getuid?.() === 0) chownSync(folder, 65_534, 65_534);
      const first = join(folder, 'first');
      writeFileSync(first, 'first');
      await execa(`${bin}/initdb`, ['-D', data, '-U', 'rdsadmin', '-A', 'scram-sha-256', '--no-sync', `--pwfile=${first}`], nobody);
      await server('start');
      const root = as('rdsadmin', 'first', 'postgres');
      await root(`CREATE ROLE ${OWNER} LOGIN CREATEROLE CREATEDB PASSWORD 'master'`);
      await root(`CREATE DATABASE ${MAINTENANCE_DATABASE} OWNER ${OWNER}`);
    });
    afterAll(async () => {
      await server('stop', '-m', 'immediate').catch(() => undefined);
      rmSync(folder, { recursive: true, force: true });
    });

    const access = (user: string, password: string, database: string) => ({
      PGHOST: folder,
      PGUSER: user,
      PGPASSWORD: password,
      PGDATABASE: database,
    });
    const as = (user: string, password: string, database: string) => async (statement: string) =>
      (await execa('psql', ['-XAtqc', statement], { env: access(user, password, database) })).stdout;
    /** As the task does it: in a session without a terminal, which psql would ask for the password. */
    const prepare = (name: string, password: string) =>
      execa('sh', ['-ec', PREPARE], {
        env: { ...access(OWNER, 'master', MAINTENANCE_DATABASE), STATEMENTS: statementsFor(name), OWN_PASSWORD: password },
        detached: true,
        stdin: 'ignore',
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

    test('takes nobody else in, and makes nobody powerful', async () => {
      await expect(as('portal', 'of-portal', 'civil_status')('SELECT 1')).rejects.toThrow(/permission denied/);
      await expect(as('portal', 'of-portal', 'portal')('CREATE ROLE other')).rejects.toThrow(/permission denied/);
    });

    test('leaves no password in the log, though every statement is there', () => {
      const text = readFileSync(log, 'utf8');
      expect(text).toContain('CREATE DATABASE "civil_status" OWNER "civil_status"');
      expect(text).not.toMatch(/of-civil_status|of-portal|another/);
    });

    test('fails where it cannot be made: the application does not start', async () => {
      await expect(prepare('with"quote', 'x')).rejects.toThrow();
      await expect(as('rdsadmin', 'first', 'postgres')('SELECT 1')).resolves.toBe('1');
    });

    test('is left alone at a copy', async () => {
      await server('stop', '-m', 'fast');
      writeFileSync(join(data, 'standby.signal'), '');
      await server('start');
      await prepare('warehouse', 'x');
      expect(await as('rdsadmin', 'first', 'postgres')("SELECT count(*) FROM pg_roles WHERE rolname = 'warehouse'")).toBe('0');
    });
  },
);
