/** `citydc pki`, as an operator uses it. */

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { COMMANDS } from '../../../infra/cli/commands.js';
import { run } from '../../../infra/cli/run.js';
import { fakeWorld } from '../../cli/world.js';
import { temporaryFolder } from '../../temporary-folder.js';

let state: string;
let env: Record<string, string>;
beforeEach(() => {
  state = temporaryFolder();
  env = { CITYDC_STATE: state, CITYDC_CALL: 'citydc' };
});
async function citydc(words: string, day = '2026-12-01') {
  const { world, written } = fakeWorld(`${day}T00:00:00Z`);
  const code = await run(words.split(' '), COMMANDS, { ...world, env });
  return { code, ...written };
}
const DATABASE = 'pgbackrest/s1-database1';

test('from the founding to the revocation, and what is listed of it', async () => {
  expect(await citydc('pki init')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('can-tho-2022 has its authorities: a root, and intermediates for s1, s2, s3, network'),
  });
  expect(await citydc(`pki issue ${DATABASE}`)).toMatchObject({
    code: 0,
    stdout: `${DATABASE}: new certificate\nnext: 'citydc up' gives them to the hosts\n`,
  });
  expect(await citydc('pki renew')).toMatchObject({ code: 0, stdout: 'nothing is due\n' });
  expect((await citydc('pki list', '2027-01-30')).stdout).toMatch(/^pgbackrest\/s1-database1 +pgbackrest +s1 +29 +due +01/m);
  expect((await citydc('pki renew', '2027-01-30')).stdout).toContain(`${DATABASE}: new certificate`);
  const revoked = await citydc(`pki revoke ${DATABASE} --reason keyCompromise --json`, '2027-01-31');
  // Both that are valid: whose key was taken is not known.
  expect(JSON.parse(revoked.stdout).revoked).toHaveLength(2);
  const { stdout } = await citydc('pki list --json', '2027-02-01');
  expect(JSON.parse(stdout)).toMatchObject({
    schema: 1,
    city: 'can-tho-2022',
    root: { folder: join(state, 'secrets/pki/root'), present: true },
    certificates: [
      { identity: 'root', kind: 'root', state: 'valid' },
      ...['network', 's1', 's2', 's3'].map(identity => ({ identity, issuer: 'root', state: 'valid' })),
      ...[0, 1].map(() => ({
        identity: DATABASE,
        use: 'pgbackrest',
        issuer: 's1',
        state: 'revoked',
        revoked: { reason: 'keyCompromise' },
      })),
    ],
  });
});

test('the root is taken offline, encrypted, and comes back for a new intermediate', async () => {
  await citydc('pki init');
  const away = join(state, 'stick');
  const passphrase = join(state, 'passphrase');
  writeFileSync(passphrase, 'correct horse battery staple\n');
  env.CITYDC_ROOT_PASSPHRASE_FILE = passphrase;
  expect((await citydc(`pki init --root ${away}`)).stdout).toContain(`the root's private key is in ${away}, and no more in ${state}`);
  expect(existsSync(join(state, 'secrets/pki/root/root-key.pem'))).toBe(false);
  expect(readFileSync(join(away, 'root-key.pem'), 'utf8')).toContain('BEGIN ENCRYPTED PRIVATE KEY');
  expect((await citydc('pki revoke s1')).code).toBe(0);
  expect((await citydc('pki list')).stdout).toMatch(/^s1 +- +root +\d+ +revoked 2026-12-01 \(keyCompromise\)/m);
  env.CITYDC_ROOT_PASSPHRASE_FILE = '';
  expect(await citydc('pki revoke s2')).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('needs its passphrase\n  hint: write it to a file'),
  });
  writeFileSync(passphrase, 'another one, which is wrong');
  env.CITYDC_ROOT_PASSPHRASE_FILE = passphrase;
  expect(await citydc('pki revoke s2')).toMatchObject({ code: 3, stderr: expect.stringContaining('does not open') });
  writeFileSync(passphrase, 'short');
  expect(await citydc('pki revoke s2')).toMatchObject({ code: 2, stderr: expect.stringContaining('has 5 characters') });
});

test('a second founding is refused; --replace puts what was there aside, and so a store of before', async () => {
  await citydc('pki init');
  expect(await citydc('pki init')).toMatchObject({ code: 2, stderr: expect.stringContaining('has its authorities already') });
  const register = readFileSync(join(state, 'secrets/pki/register.jsonl'), 'utf8');
  expect((await citydc('pki init --replace')).stdout).toContain(`what was there is in ${state}/secrets/before-20261201T000000Z`);
  expect(readFileSync(join(state, 'secrets/before-20261201T000000Z/pki/register.jsonl'), 'utf8')).toBe(register);

  state = temporaryFolder();
  env.CITYDC_STATE = state;
  mkdirSync(join(state, 'secrets'));
  for (const name of ['key-authority-pgbackrest', 'authority-pgbackrest', 'password-canary'])
    writeFileSync(join(state, 'secrets', name), name);
  expect(await citydc('pki init')).toMatchObject({ code: 3, stderr: expect.stringContaining('is of an authority of ten years') });
  expect((await citydc('pki init --replace')).code).toBe(0);
  expect(readdirSync(join(state, 'secrets')).toSorted()).toEqual(['before-20261201T000000Z', 'password-canary', 'pki']);
});

test.each([
  ['pki list', 3, 'there are no certificates in'],
  ['pki list', 3, 'hint: make the authorities: citydc pki init'],
  ['pki issue s1-database1', 2, 'is no USE/HOST [usage]\n  hint: uses are pgbackrest, etcd,'],
  ['pki issue other/s1-database1', 2, 'is no USE/HOST [usage]'],
  ['pki revoke s1 --reason because', 2, 'Allowed choices are keyCompromise'],
])('%s without a pki: %d, %s', async (words, code, message) => {
  expect(await citydc(words)).toMatchObject({ code, stderr: expect.stringContaining(message) });
});

test('a host that the inventory does not have gets none', async () => {
  await citydc('pki init');
  expect(await citydc('pki issue etcd/s9-etcd1')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("can-tho-2022 has no host 's9-etcd1'"),
  });
});
