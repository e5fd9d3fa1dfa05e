import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { WorldError } from '../../infra/city/problem.js';
import type { CommandEntry, Context, ExitCode } from '../../infra/cli/command.js';
import { COMMANDS } from '../../infra/cli/commands.js';
import { run } from '../../infra/cli/run.js';
import { patched } from '../city/patched.js';
import { temporaryFolder } from '../temporary-folder.js';
import { fakeWorld } from './world.js';

async function citydc(...args: string[]) {
  const { world, written } = fakeWorld();
  return { code: await run(args, COMMANDS, world), ...written };
}

/** A command of one function, to see what the frame makes of its ways out. */
async function framed(body: (context: Context) => Promise<ExitCode>, ...flags: string[]) {
  const { world, written } = fakeWorld();
  const entry: CommandEntry = {
    name: 'probe',
    summary: 'a test',
    example: 'citydc probe',
    load: async () => ({ configure: (command, invoke) => void command.action(invoke(body)) }),
  };
  return { code: await run(['probe', ...flags], [entry], world), ...written };
}

function folderOf(...changes: Parameters<typeof patched>[0]): string {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries(patched(changes).contents)) writeFileSync(join(folder, name), content);
  return folder;
}

test('inventory upgrade carries a folder over in place; with --plan it only says what it would write', async () => {
  const newest = readFileSync('test/errors/base/city.yaml', 'utf8');
  const folder = folderOf();
  const path = join(folder, 'city.yaml');
  const old = newest.replace('schema: 2', 'schema: 1').replace(/ extent: \{ \w+: \{[^}]*\} \},/g, '');
  writeFileSync(path, old);
  expect(await citydc('check', folder)).toMatchObject({ code: 2, stderr: expect.stringContaining('citydc inventory upgrade FOLDER') });
  const planned = await citydc('inventory', 'upgrade', folder, '--plan');
  expect(planned).toMatchObject({ code: 0, stderr: '' });
  expect(planned.stdout).toContain('city.yaml:77 + extent: { offices: { l100-l102: 1 } }\n');
  expect(readFileSync(path, 'utf8')).toBe(old);
  const { stdout, code } = await citydc('inventory', 'upgrade', folder, '--json');
  expect({ code, ...JSON.parse(stdout) }).toMatchObject({ code: 0, written: true, from: 1, to: 2, said: [] });
  expect(readFileSync(path, 'utf8')).toBe(newest);
  expect((await citydc('inventory', 'upgrade', folder)).stdout).toMatch(/ has the newest form already: schema 2\n$/);
  expect((await citydc('inventory', 'upgrade', join(folder, 'nowhere'))).code).toBe(2);
});

test('check without arguments verifies the shipped city', async () => {
  const { code, stdout, stderr } = await citydc('check');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('no problems, 163 accepted findings\n');
  expect(stdout).toMatch(/^endpoints +138$/m);
  expect(stdout).toMatch(/^n67 or building-n67 +13 offices lose all 10 systems: e77, e78, e79 and 10 more$/m);
  expect(stdout).not.toContain('\n\n\n');
  expect(stdout).toMatch(/^no-single-point-of-failure +class:access +138 +2027-12-31 /m);
});

test('what is given is not obeyed by the terminal that it is shown on', async () => {
  for (const words of [['\u001b[2Jx'], ['check', '\u001b]52;c;aWQ=\u0007'], ['check', '--\u009b2J'], ['plan', 'x\u202ey', '--json']]) {
    const { code, stdout, stderr } = await citydc(...words);
    expect(code).toBe(2);
    expect(stdout + stderr).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
  }
});

test('--version is that of the package', async () =>
  expect(await citydc('--version')).toEqual({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/), stderr: '' }));

test('help on a command that is not there says which was meant', async () => {
  const { code, stderr } = await citydc('help', 'chek');
  expect(code).toBe(2);
  expect(stderr).toContain('Did you mean check?');
});

test('an office is found by its number, elements with spaces around them; no element is none', async () => {
  const byNumber = await citydc('check', '--explain', '131', 'portal', '--while-down', 'l24, s1');
  expect(byNumber).toEqual(await citydc('check', '--explain', 'e131', 'portal', '--while-down', 'l24,s1'));
  const none = await citydc('check', '--explain', 'e131', 'portal', '--while-down', 'n70,,s1');
  expect({ code: none.code, stderr: none.stderr }).toEqual({ code: 2, stderr: expect.stringContaining("there is no element ''") });
});

test.each(['--today', '--on'])('%s takes a date that exists', async flag => {
  const { code, stderr } = await citydc('check', flag, '2027-13-01');
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(`${flag}: '2027-13-01' is not a date`) });
});

test('--json gives one document, wherever the flag stands', async () => {
  const after = await citydc('check', '--json');
  const before = await citydc('--json', 'check', 'can-tho-2022');
  expect(after).toEqual(before);
  expect(JSON.parse(after.stdout)).toMatchObject({
    schema: 1,
    inventory: 'can-tho-2022',
    today: '2026-12-01',
    problems: [],
    counts: { ward: 83 },
  });
});

test('the clock is a flag: on the last day the findings are back, and the exit code is 1', async () => {
  const { code, stdout } = await citydc('check', '--today', '2027-12-31');
  expect(code).toBe(1);
  expect(stdout).toContain('infra/city/inventory/can-tho-2022/links.csv');
  expect(stdout).toContain('163 problems, 0 accepted findings\n');
  expect((await citydc('check', '--today', 'tomorrow')).code).toBe(2);
});

test('bad input is exit code 2, with every problem on stderr and none of it on stdout', async () => {
  const folder = folderOf({ file: 'city.yaml', replace: 'system.portal', with: 'system.portl' }, { file: 'links.csv', remove: true });
  const people = await citydc('check', folder);
  expect(people.code).toBe(2);
  expect(people.stdout).toBe('');
  // A file is named the shortest way: from where one stands, or from the root.
  const named = people.stderr.replace(/^(.+)(?=\/(?:city\.yaml|links\.csv):)/gm, place => (resolve(place) === folder ? 'FOLDER' : place));
  expect(named).toBe(
    [
      `FOLDER/city.yaml:75:29: flows.1.to.0: there is no zone 'system.portl' [unknown-system]`,
      "  hint: did you mean 'system.portal'?",
      `FOLDER/links.csv:1:1: links.csv: the file is missing [missing-file]`,
      '  hint: an inventory is city.yaml, endpoints.csv, links.csv',
      '2 problems in the input',
      '',
    ].join('\n'),
  );
  const program = await citydc('check', folder, '--json');
  expect(JSON.parse(program.stdout).error.problems.map(({ rule }: { rule: string }) => rule)).toEqual(['unknown-system', 'missing-file']);
});

test('an unknown inventory says which are shipped', async () =>
  expect(await citydc('check', 'can-tho-2002')).toEqual({
    code: 2,
    stdout: '',
    stderr:
      "can-tho-2002: there is no such folder and no shipped inventory of that name [unknown-inventory]\n  hint: did you mean 'can-tho-2022'?\n1 problem in the input\n",
  }));

test('diff names what changed and that no address did', async () => {
  const [old, next] = [folderOf(), folderOf({ file: 'endpoints.csv', replace: 'Phường Hai', with: 'Phường Mới' })];
  const { code, stdout } = await citydc('diff', old, next);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^name\.vi +Phường Hai +Phường Mới +e101$/m);
  expect(stdout).toMatch(/^addresses changed for what stays: 0 of \d+$/m);
});

test('diff says what the matrix allows now, and what no longer', async () => {
  const next = folderOf({ file: 'city.yaml', replace: 'ports: [80, 8001-8003]', with: 'ports: [443]' });
  const { code, stdout } = await citydc('diff', folderOf(), next);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^flow added: counter to system\.portal, tcp 443$/m);
  expect(stdout).toMatch(/^flow withdrawn: counter to system\.portal, tcp 80, 8001, 8002, 8003$/m);
});

test('diff fails when a number is forgotten', async () => {
  const removed = folderOf(
    { file: 'endpoints.csv', replace: '101,ward', with: '103,ward' },
    { file: 'links.csv', replace: '101,access,e101', with: '103,access,e103' },
  );
  const { code, stdout } = await citydc('diff', folderOf(), removed);
  expect(code).toBe(1);
  expect(stdout).toContain('(set validUntil instead of removing): e101 l101');
});

test.each(COMMANDS.map(({ name, example }) => ({ name, example })))('$name --help shows an example', async ({ name, example }) => {
  const { code, stdout, stderr } = await citydc(name, '--help');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain(`Example:\n  ${example}`);
  expect(stdout).toContain('--json');
});

test('--help lists every command, and the exit codes as the README has them', async () => {
  const { code, stdout } = await citydc('--help');
  expect(code).toBe(0);
  for (const { name } of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
  const [inReadme, inHelp] = [readFileSync('README.md', 'utf8'), stdout].map(text =>
    /Exit codes: [^.]+/.exec(text)?.[0].replaceAll('\n', ' '),
  );
  expect(inHelp).toContain('3 unknown or not done');
  expect(inHelp).toBe(inReadme);
});

test.each([
  [['chekc'], "error: unknown command 'chekc'\n(Did you mean check?)", "'citydc --help'"],
  [['check', '--jsn'], "error: unknown option '--jsn'\n(Did you mean --json?)", "'citydc check --help'"],
  [['diff', 'can-tho-2022'], "error: missing required argument 'new'", "'citydc diff --help'"],
  [['check', 'a', 'b'], 'too many arguments', "'citydc check --help'"],
  [['help', 'nothing'], "unknown command 'nothing'", "'citydc --help'"],
  [[], 'Usage: citydc', 'Example:'],
])('%j is refused with the next step', async (args, message, next) => {
  const { code, stdout, stderr } = await citydc(...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(message);
  expect(stderr).toContain(next);
});

test('an unreadable world is exit code 3 with cause and next step', async () => {
  const fail = () =>
    Promise.reject(new WorldError('the image cannot be built', { cause: new Error('no debootstrap'), hint: 'run it as root' }));
  expect(await framed(fail)).toEqual({
    code: 3,
    stdout: '',
    stderr: 'error: the image cannot be built\n  because: no debootstrap\n  hint: run it as root\n',
  });
  expect(JSON.parse((await framed(fail, '--json')).stdout)).toEqual({
    error: { kind: 'world', message: 'the image cannot be built', causes: ['no debootstrap'], hint: 'run it as root' },
  });
});

test('a bug is exit code 3 and says that it is one', async () => {
  const { code, stderr } = await framed(() => Promise.reject(new TypeError('x is not a function')));
  expect(code).toBe(3);
  expect(stderr).toContain('TypeError: x is not a function\n    at ');
  expect(stderr).toContain('this is a bug in citydc');
});

test('the code of a command is its exit code', async () => expect((await framed(async () => 1)).code).toBe(1));

test('progress and notes go to stderr, a line a step where nothing can be redrawn', async () => {
  const { stdout, stderr } = await framed(async ({ output }) => {
    output.progress('wires');
    output.progress('hosts 1/2');
    output.progress('hosts 2/2'); // a count that goes up has a line only so often
    output.note('done');
    output.result({ hosts: 2 }, 'two hosts');
    return 0;
  });
  expect(stderr).toBe('wires\nhosts 1/2\ndone\n');
  expect(stdout).toBe('two hosts\n');
});
