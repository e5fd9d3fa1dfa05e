/**
 * Stands for terraform and its docker plug-in where the plug-in cannot be had: the same stack, made by Docker's own interface.
 *
 * It knows the words that the product gives terraform, and of a resource no change in place: what differs is replaced. What it leaves
 * untried is in `test/README.md`.
 */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { AtAddress, type Change, carryOut, changesBetween, refresh } from './changes.js';
import { protectedIn, readStack, statePathOf, type Wanted } from './configuration.js';
import { ask } from './daemon.js';
import { type Made, readState, writeState } from './state.js';

const folder = process.cwd();
const [verb = '', ...words] = process.argv.slice(2);
const { values: flags, positionals } = parseArgs({
  // terraform's words have one dash.
  args: words.map(word => (/^-[a-z]{2,}/.test(word) ? `-${word}` : word)),
  allowPositionals: true,
  strict: false,
  options: { var: { type: 'string', multiple: true }, target: { type: 'string', multiple: true }, out: { type: 'string' } },
});

interface Given {
  readonly variables: Readonly<Record<string, string>>;
  readonly targets: readonly string[];
}

const report = (event: object): void => void process.stdout.write(`${JSON.stringify(event)}\n`);
let interrupted = false;
process.on('SIGINT', () => {
  interrupted = true;
});

run().catch((error: Error) => {
  const address = error instanceof AtAddress ? { address: error.address } : {};
  report({ type: 'diagnostic', diagnostic: { severity: 'error', summary: error.message, ...address } });
  process.exitCode = 1;
});

async function run(): Promise<void> {
  switch (verb) {
    case 'init':
      return void mkdirSync('.terraform', { recursive: true });
    case 'state':
      return states(positionals);
    case 'plan':
      return plan();
    case 'apply':
      return apply(positionals[0] === undefined ? given() : (JSON.parse(readFileSync(positionals[0], 'utf8')) as Given));
    case 'destroy':
      return destroy();
    default:
      throw new Error(`the stand-in of terraform does not know '${verb}'`);
  }
}

function given(): Given {
  const variables = ((flags.var ?? []) as readonly string[]).map(word => {
    const at = word.indexOf('=');
    return [word.slice(0, at), word.slice(at + 1)] as const;
  });
  return { variables: Object.fromEntries(variables), targets: (flags.target ?? []) as readonly string[] };
}

function states([what, ...addresses]: readonly string[]): void {
  const path = statePathOf(folder);
  if (what === 'pull') return void process.stdout.write(readFileOr(path, ''));
  if (what !== 'rm') throw new Error(`the stand-in of terraform does not know 'state ${what}'`);
  const made = readState(path);
  for (const address of addresses) made.delete(address);
  writeState(path, made);
}

function readFileOr(path: string, otherwise: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return otherwise;
  }
}

async function look({ variables, targets }: Given) {
  const environment = Object.entries(process.env).flatMap(([name, value]) =>
    name.startsWith('TF_VAR_') ? [[name.slice('TF_VAR_'.length), value ?? ''] as const] : [],
  );
  const wanted = await readStack(folder, { ...Object.fromEntries(environment), ...variables }, async (socket, name) => {
    const { Id } = await ask<{ readonly Id: string }>(socket, 'GET', `/images/${encodeURIComponent(name)}/json`);
    return Id;
  });
  const made = readState(statePathOf(folder));
  await refresh(made);
  const changes = changesBetween(wanted, made, targets);
  tellPlanned(changes);
  return { wanted, made, changes };
}

function tellPlanned(changes: readonly Change[]): void {
  for (const { address, action } of changes) report({ type: 'planned_change', change: { resource: { addr: address }, action } });
}

async function plan(): Promise<void> {
  const asked = given();
  await look(asked);
  if (typeof flags.out === 'string') writeFileSync(flags.out, JSON.stringify(asked));
}

async function apply(asked: Given): Promise<void> {
  const { wanted, made, changes } = await look(asked);
  await carryOutAll(wanted, made, changes);
}

async function destroy(): Promise<void> {
  const made = readState(statePathOf(folder));
  await refresh(made);
  const kept = protectedIn(folder).find(address => made.has(address));
  if (kept !== undefined) throw new AtAddress(kept, new Error('Instance cannot be destroyed'));
  const changes = [...made.keys()].map((address): Change => ({ address, action: 'delete' }));
  tellPlanned(changes);
  await carryOutAll([], made, changes);
}

/** What is done is stored step by step: a run that is killed leaves a state that names all but the last. */
async function carryOutAll(wanted: readonly Wanted[], made: Map<string, Made>, changes: readonly Change[]): Promise<void> {
  const save = () => writeState(statePathOf(folder), made);
  save();
  const done = () => report({ type: 'apply_complete' });
  await carryOut({ folder, made, wanted, changes, save, done, isInterrupted: () => interrupted });
}
