/** What is not as it should be: each with its message and the next command, and nothing lost. */

import { appendFileSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { handOut } from '../../../infra/fabric/pki/handed-out.js';
import { rowsOf } from '../../../infra/fabric/pki/listing.js';
import { issue, renew, revoke } from '../../../infra/fabric/pki/verbs.js';
import { FOUNDED, onDay, type Room, room, toy } from './hand-out.js';

const IDENTITY = 'pgbackrest/s1-database1';
const NAMES = [`certificate:${IDENTITY}`, `key:${IDENTITY}`] as const;
const LEAF = 'leaves/pgbackrest-s1-database1.pem';
const asked = () => Promise.reject(new Error('no inventory is asked'));

let here: Room;
let certificate: string;
beforeEach(async () => {
  here = room();
  [certificate = ''] = await here.upAt()(NAMES);
});
/** What stands in the folder, by file: to see that a refusal changed nothing. */
const content = () =>
  readdirSync(here.secrets, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => [entry.name, readFileSync(join(entry.parentPath, entry.name), 'utf8')]);
async function refused(work: () => Promise<unknown>, message: string | RegExp, hint: string): Promise<void> {
  const before = content();
  await expect(work()).rejects.toMatchObject({
    message: typeof message === 'string' ? expect.stringContaining(message) : expect.stringMatching(message),
    hint: expect.stringContaining(hint),
  });
  expect(content()).toEqual(before);
}
const AGAIN = `citydc pki issue ${IDENTITY}`;

describe('a certificate put into the folder', () => {
  const put = (from: Room, file: string) => copyFileSync(from.path(file), here.path(LEAF));

  test('of another authority is refused, and replaced on order', async () => {
    const elsewhere = room();
    await elsewhere.upAt()(NAMES);
    put(elsewhere, LEAF);
    await refused(() => here.upAt()(NAMES), /was not issued by this city's authorities but by 'CN=citydc toy s1 /, AGAIN);
    await issue(await here.open(), [IDENTITY], asked);
    expect(await here.upAt()(NAMES)).not.toContain(certificate);
  });

  test('of another host is refused', async () => {
    await here.upAt()(['certificate:pgbackrest/s1-database2']);
    put(here, 'leaves/pgbackrest-s1-database2.pem');
    await refused(() => here.upAt()(NAMES), "is the certificate of another host: 'CN=s1-database2'", AGAIN);
  });

  test('for another use is refused', async () => {
    await here.upAt()(['certificate:ward/s1-database1']);
    put(here, 'leaves/ward-s1-database1.pem');
    await refused(() => here.upAt()(NAMES), 'is for another use: it has 1.3.6.1.5.5.7.3.2, pgbackrest needs', AGAIN);
  });

  test('with the key of another is refused', async () => {
    await here.upAt()(['certificate:pgbackrest/s1-database2']);
    const other = readFileSync(here.path('leaves/pgbackrest-s1-database2.pem'), 'utf8');
    writeFileSync(here.path(LEAF), other.split('-----BEGIN CERT')[0] + certificate);
    await refused(() => here.upAt()(NAMES), "has a key that is not its certificate's", AGAIN);
  });

  test('that is none is refused', async () => {
    writeFileSync(here.path(LEAF), 'nothing');
    await refused(() => here.upAt()(NAMES), 'does not hold a private key and a certificate', AGAIN);
  });
});

describe('time', () => {
  test('what is due at two thirds is renewed, and the operator sees it; before, nothing is', async () => {
    expect((await here.upAt(onDay(59))(NAMES))[0]).toBe(certificate);
    here.notes.length = 0;
    expect((await here.upAt(onDay(60))(NAMES))[0]).not.toBe(certificate);
    expect(here.notes).toEqual([`${IDENTITY} is due: renewed`]);
  });

  test('what has expired is renewed', async () => {
    here.notes.length = 0;
    expect((await here.upAt(onDay(100))(NAMES))[0]).not.toBe(certificate);
    expect(here.notes).toEqual([`${IDENTITY} has expired on 2027-02-28: renewed`]);
  });

  test('a clock that is two days behind is seen before anything is made', () =>
    refused(
      () => here.upAt(onDay(-2))(['certificate:etcd/s1-etcd1']),
      "this machine's clock says 2026-11-29T00:00:00.000Z, and the last certificate is valid from 2026-11-30T23:00:00.000Z",
      'set the clock (timedatectl) and run the command again; if it is right, and was wrong then: `citydc pki renew --all`',
    ));

  test('a clock that was two days ahead: all are made anew on order', async () => {
    const [ahead = ''] = await here.upAt(onDay(62))(NAMES);
    await refused(() => here.upAt(onDay(60))(NAMES), "this machine's clock says", 'citydc pki renew --all');
    await renew(await here.open(onDay(60)), [], true);
    expect(await here.upAt(onDay(63))(NAMES)).not.toContain(ahead);
  });
});

describe('a revoked certificate', () => {
  beforeEach(async () => {
    await revoke(await here.open(), IDENTITY, 'keyCompromise');
    here.notes.length = 0;
  });

  test('stays with its host, whose peers refuse it, and is not renewed', async () => {
    expect((await here.upAt()(NAMES))[0]).toBe(certificate);
    expect(here.notes).toEqual([`${IDENTITY} is revoked, its peers refuse it; make another: ${AGAIN}`]);
    expect((await here.upAt(onDay(61))(NAMES))[0]).toBe(certificate);
    await expect(renew(await here.open(onDay(61)), [IDENTITY], false)).rejects.toThrow(
      `${IDENTITY}: is revoked, and a revoked identity is not renewed [pki]\n  hint: make another on purpose: ${AGAIN}`,
    );
    expect(await renew(await here.open(onDay(61)), [], false)).toEqual([]);
  });

  test('is followed by one of another name where programs know the revoked by name, and of the same elsewhere', async () => {
    expect(await here.upAt()(['names:pgbackrest'])).toEqual(['s1-database1 -\n']);
    await issue(await here.open(), [IDENTITY], asked);
    expect(await here.upAt()(['names:pgbackrest'])).toEqual(['s1-database1 s1-database1.2\n']);
    await here.upAt()(['certificate:etcd/s1-etcd1']);
    await revoke(await here.open(), 'etcd/s1-etcd1', 'keyCompromise');
    await issue(await here.open(), ['etcd/s1-etcd1'], asked);
    expect(await here.upAt()(['names:etcd'])).toEqual(['']);
  });

  test('twice is refused, and so are what was never issued and the root', async () => {
    const again = async (what: string) => revoke(await here.open(), what, 'superseded');
    await expect(again(IDENTITY)).rejects.toThrow(
      'has no valid certificate that is not revoked already [pki]\n  hint: see: citydc pki list',
    );
    await expect(again('etcd/s9-etcd1')).rejects.toThrow(
      'etcd/s9-etcd1: was never issued here [pki]\n  hint: see what was: citydc pki list',
    );
    await expect(again('root')).rejects.toThrow(
      'is the root, which no list can revoke [pki]\n  hint: found another, and give it to all hosts: citydc pki init --replace',
    );
  });

  test('is seen in the list with its reason', async () => {
    const rows = rowsOf((await here.open()).register, FOUNDED).filter(({ identity }) => identity === IDENTITY);
    expect(rows).toMatchObject([{ state: 'revoked', issuer: 's1', use: 'pgbackrest', revoked: { reason: 'keyCompromise' } }]);
  });
});

describe("the root's private key", () => {
  const lose = () => rmSync(here.path('root/root-key.pem'));

  test('is not needed to issue, renew and revoke what hosts have', async () => {
    lose();
    const upTo = here.upAt(onDay(61));
    expect((await upTo(NAMES))[0]).not.toBe(certificate);
    await upTo(['certificate:etcd/s2-etcd1', 'revoked:etcd']);
    await revoke(await here.open(onDay(61)), IDENTITY, 'superseded');
    await renew(await here.open(onDay(62)), ['etcd/s2-etcd1'], false);
  });

  test('is missed when an intermediate is to be revoked or made: the message says what to put where', async () => {
    lose();
    const path = here.path('root/root-key.pem');
    const hint = 'put it there (mount what you keep it on), or name its folder: --root FOLDER; if it is lost: `citydc pki init --replace`';
    await refused(
      async () => revoke(await here.open(), 's2', 'cACompromise'),
      `the root's private key is needed to revoke the intermediate of s2, and ${path} is not there`,
      hint,
    );
    await refused(
      () => handOut(here.options(), { ...toy, issuers: [...toy.issuers, 's4'] })(NAMES),
      `needed to make the intermediate of s4, and ${path} is not there`,
      hint,
    );
  });

  test('is called for in time, and nothing stops meanwhile', async () => {
    lose();
    here.notes.length = 0;
    await here.upAt(onDay(250))(NAMES);
    expect(here.notes).toContain(
      "the root's private key is needed soon to make the next intermediate of s1 (it ends on 2027-11-30): bring it back, then run 'citydc pki renew'",
    );
  });

  test('of another root is refused', async () => {
    const elsewhere = room();
    await elsewhere.upAt()(NAMES);
    copyFileSync(elsewhere.path('root/root-key.pem'), here.path('root/root-key.pem'));
    await refused(
      async () => revoke(await here.open(), 's1', 'cACompromise'),
      'is the private key of another root than',
      'name the right folder: --root FOLDER',
    );
  });
});

describe('a store of which files are gone', () => {
  test.each(['register.jsonl', 'root.pem'])('%s: what to put back, and nothing new is made in its place', async file => {
    rmSync(here.path(file));
    await refused(
      () => here.upAt()(NAMES),
      `${here.path(file)} is gone, and other parts of the pki are there`,
      'put it back from a backup of the secrets',
    );
  });

  test('an intermediate: what hosts have stays; the next of that site is refused with what to do, others are made', async () => {
    const folder = here.path('intermediates');
    for (const name of readdirSync(folder)) if (name.startsWith('s1-')) rmSync(join(folder, name));
    expect((await here.upAt()(NAMES))[0]).toBe(certificate);
    await refused(
      () => here.upAt()(['certificate:etcd/s1-etcd1']),
      /s1-01[0-9a-f]{32}\.pem is gone: nothing of s1 can be issued/,
      '`citydc pki renew s1` makes another',
    );
    await here.upAt()(['certificate:etcd/s2-etcd1']);
    await renew(await here.open(), ['s1'], false);
    await here.upAt()(['certificate:etcd/s1-etcd1']);
  });

  test("a host's certificate is made anew, and the operator sees it", async () => {
    rmSync(here.path(LEAF));
    here.notes.length = 0;
    expect((await here.upAt()(NAMES))[0]).not.toBe(certificate);
    expect(here.notes).toEqual([`${here.path(LEAF)} was gone: ${IDENTITY} has a new certificate`]);
  });

  test('a revoked one is not', async () => {
    await revoke(await here.open(), IDENTITY, 'keyCompromise');
    rmSync(here.path(LEAF));
    await refused(() => here.upAt()(NAMES), `${IDENTITY} is revoked, and ${here.path(LEAF)} is gone`, AGAIN);
  });

  test('a line of the register that a crash tore is as if never written; damage before it is not', async () => {
    appendFileSync(here.path('register.jsonl'), '{"schema":1,"what":"iss');
    await here.upAt()(['certificate:etcd/s1-etcd1']);
    expect(rowsOf((await here.open()).register, FOUNDED).map(({ identity }) => identity)).toContain('etcd/s1-etcd1');
    appendFileSync(here.path('register.jsonl'), 'nothing\n');
    await refused(() => here.upAt()(NAMES), /register\.jsonl, line \d+, cannot be read/, 'put the file back as it was');
  });
});

test('a store of before, with an authority of ten years, is refused with the way on', async () => {
  const old = room();
  mkdirSync(old.secrets, { recursive: true });
  writeFileSync(join(old.secrets, 'key-authority-pgbackrest'), 'old');
  await expect(old.upAt()(NAMES)).rejects.toMatchObject({
    message: `${join(old.secrets, 'key-authority-pgbackrest')} is of an authority of ten years, from before there was a pki; hosts that run may trust it`,
    hint: expect.stringContaining('`citydc pki init --replace` puts it aside'),
  });
  expect(existsSync(old.path('register.jsonl'))).toBe(false);
});
