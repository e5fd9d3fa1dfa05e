/** Two who change the same pki, and crashes in the middle: nothing is lost. */

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { beforeEach, describe, expect, test } from 'vitest';
import { openPki } from '../../../infra/fabric/pki/pki.js';
import { inTurn } from '../../../infra/fabric/pki/turn.js';
import { renew } from '../../../infra/fabric/pki/verbs.js';
import { holding } from '../holding.js';
import { type Room, room } from './hand-out.js';

const IDENTITY = 'pgbackrest/s1-database1';
const NAMES = [`certificate:${IDENTITY}`, `key:${IDENTITY}`] as const;

let here: Room;
let certificate: string;
beforeEach(async () => {
  here = room();
  [certificate = ''] = await here.upAt()(NAMES);
});

describe('two operators at once', () => {
  test('the second is refused and sees who it is that works', () =>
    inTurn(here.secrets, 'citydc pki renew', () =>
      expect(inTurn(here.secrets, 'citydc pki revoke', async () => undefined)).rejects.toMatchObject({
        message: expect.stringMatching(/^'citydc pki renew' of user \S+ \(process \d+\) is at work on the certificates in \//),
        hint: 'wait for it to end, then run the command again; nothing was changed by this one',
      }),
    ));

  test('who is killed while at work locks out no one, and what was made is kept', async () => {
    const name = `citydc-pki-${createHash('sha256').update(realpathSync(here.secrets)).digest('hex').slice(0, 12)}`;
    const holder = await holding(name, { pid: 1, user: 'u', doing: 'd' });
    await expect(inTurn(here.secrets, 'x', async () => undefined)).rejects.toThrow("'d' of user u (process 1)");
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    expect((await here.upAt()(NAMES))[0]).toBe(certificate);
  });

  test('all of several that make certificates at the same time get the same', async () => {
    const values = await Promise.all(Array.from({ length: 4 }, () => here.upAt()(['certificate:etcd/s1-etcd1', 'key:etcd/s1-etcd1'])));
    expect(new Set(values.map(String)).size).toBe(1);
    expect((await openPki(here.options())).register.issued.filter(({ identity }) => identity === 'etcd/s1-etcd1')).toHaveLength(1);
  });
});

test('a crash after the entry and before the file leaves the pair of before, which is still good', async () => {
  const pair = readFileSync(here.path('leaves/pgbackrest-s1-database1.pem'), 'utf8');
  await renew(await here.open(), [IDENTITY], false);
  writeFileSync(here.path('leaves/pgbackrest-s1-database1.pem'), pair);
  expect((await here.upAt()(NAMES))[0]).toBe(certificate);
});
