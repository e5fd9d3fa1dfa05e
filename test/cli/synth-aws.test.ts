/** The command that cdk calls: what is wrong is reported before anything is written. */

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { COMMANDS } from '../../infra/cli/commands.js';
import { run } from '../../infra/cli/run.js';
import { patched } from '../city/patched.js';
import { temporaryFolder } from '../temporary-folder.js';
import { fakeWorld } from './world.js';

/** A folder with the small city of test/errors, and one for what becomes of it. */
function folders(changes: Parameters<typeof patched>[0] = []) {
  const inventory = join(temporaryFolder(), 'toy');
  mkdirSync(inventory);
  for (const [name, content] of Object.entries(patched(changes).contents)) writeFileSync(join(inventory, name), content ?? '');
  return { inventory, out: join(temporaryFolder(), 'cdk.out') };
}

async function citydc(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { world, written } = fakeWorld();
  return { code: await run(args, COMMANDS, { ...world, env }), ...written };
}

test('without an account nothing is written', async () => {
  const { inventory, out } = folders();
  const { code, stdout, stderr } = await citydc(['synth-aws', inventory, '--out', out]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/city\.yaml:\d+:\d+: aws\.account: no account is given \[missing-account\]\n {2}hint: give the account/);
  expect(existsSync(out)).toBe(false);
});

test('cdk says by the environment how it was called, and where to write', async () => {
  const { inventory, out } = folders();
  const context = { inventory, account: '111122223333', 'aws:cdk:enable-path-metadata': true };
  const { code, stdout } = await citydc(['synth-aws', '--json'], { CDK_CONTEXT_JSON: JSON.stringify(context), CDK_OUTDIR: out });
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ inventory: 'toy', posture: 'warm-standby', stage: 'trial', folder: out });
  expect(existsSync(join(out, 'manifest.json'))).toBe(true);
});

test('a choice that does not exist is reported with those that do', async () => {
  const { code, stderr } = await citydc(['synth-aws', '-c', 'acount=1']);
  expect(code).toBe(2);
  expect(stderr).toContain(
    "-c: found 'acount=1', expected name=value with a name of inventory, account [usage]\n  hint: did you mean 'account'?",
  );
});

test.each([
  ['posture', 'warm-standby', 'posture: warm-standby'],
  ['backupRegion', 'eu-central-1', 'sites: { 2: { region: eu-central-1 } }'],
])("%s is the inventory's: by hand and from cdk it is refused with the line to write", async (name, value, line) => {
  const byHand = await citydc(['synth-aws', '-c', `${name}=${value}`]);
  const byCdk = await citydc(['synth-aws'], { CDK_CONTEXT_JSON: JSON.stringify({ [name]: value }) });
  for (const { code, stderr } of [byHand, byCdk]) {
    expect(code).toBe(2);
    expect(stderr).toContain(`-c: found '${name}=${value}': it is the inventory's, so that every command knows it`);
    expect(stderr).toContain(`hint: write in city.yaml, under 'aws': ${line}`);
  }
});

test("a slip in a name of cdk's context is refused, and what is not meant for us is not", async () => {
  const slip = await citydc(['synth-aws'], { CDK_CONTEXT_JSON: JSON.stringify({ backupregion: 'eu-central-1' }) });
  expect(slip.code).toBe(2);
  expect(slip.stderr).toContain("hint: did you mean 'backupRegion'?");
  const others = await citydc(['synth-aws'], { CDK_CONTEXT_JSON: JSON.stringify({ '@aws-cdk/core:x': true, team: 'noc' }) });
  expect(others.stderr).toContain('no account is given');
});

test('check refuses what AWS cannot keep, when that target is chosen', async () => {
  const { inventory } = folders([
    { file: 'city.yaml', replace: 'aws: { rtoSeconds: 1800, rpoSeconds: 300 }', with: 'aws: { rtoSeconds: 300, rpoSeconds: 300 }' },
  ]);
  expect((await citydc(['check', inventory, '--today', '2026-06-01'])).code).not.toBe(2);
  const { code, stderr } = await citydc(['check', inventory, '--target', 'aws']);
  expect(code).toBe(2);
  expect(stderr).toMatch(/city\.yaml:68:\d+: systems\.1\.objectives\.aws\.rtoSeconds: found 300, with warm-standby AWS keeps 600 at best/);
});

test('diff names what AWS would lose, when that target is chosen, and fails', async () => {
  const { inventory } = folders();
  const { inventory: renamed } = folders([{ file: 'city.yaml', replace: 'name: toy', with: 'name: other' }]);
  const { code, stdout } = await citydc(['diff', inventory, renamed, '--target', 'aws']);
  expect(code).toBe(1);
  expect(stdout).toMatch(/^on AWS: \d+ resources created, \d+ replaced, revised, changed or deleted$/m);
  expect(stdout).toMatch(/DatabaseInstance\w+: AWS::RDS::DBInstance would no longer belong to the city; .* \[stateful-deleted\]$/m);
  const same = await citydc(['diff', inventory, inventory, '--target', 'aws', '--json']);
  expect(same.code).toBe(0);
  expect(JSON.parse(same.stdout)).toMatchObject({ aws: { changes: [], problems: [] } });
});
