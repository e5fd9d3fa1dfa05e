import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../city/load/read.js';
import type { Page } from '../../lab/keeper/pages.js';
import { planUp } from '../../lab/plan.js';
import { type UpOutcome, up } from '../../lab/up.js';
import type { Context, ExitCode } from '../command.js';
import { stateOf } from '../place.js';
import { machineLines, type Target, type UpRequest } from './request.js';

/** The lab on this machine. */
export const inLab = (context: Context, request: UpRequest): Target => ({
  plan: () => planUp({ state: stateOf(context), city: request.city, bundles: bundlesIn(dist()) }),
  up: () => upInLab(context, request),
});

const dist = (): string => join(packageRoot(), 'dist');
const bundlesIn = (folder: string): string => join(folder, 'agents');

async function upInLab(context: Context, { city, inventory, deadlineMs, late }: UpRequest): Promise<ExitCode> {
  const { output } = context;
  const state = stateOf(context);
  const outcome = await up({
    state,
    city,
    inventory,
    bundles: bundlesIn(dist()),
    keeper: join(dist(), 'keeper.js'),
    mirror: context.env.CITYDC_MIRROR,
    deadlineMs,
    progress: (what, done, of) => output.progress(`${what} ${done}/${of}`),
    late,
    signal: context.interrupted(),
  });
  const { pages } = JSON.parse(await readFile(state.pages, 'utf8')) as { pages: readonly Page[] };
  const { layout, ...told } = outcome;
  output.result(
    { schema: 1, inventory: city.id, hosts: layout.hosts.length, wires: layout.wires.length, ...told, pages },
    summary(city.id, outcome, pages),
  );
  return outcome.late.length === 0 ? 0 : 3;
}

function summary(city: string, outcome: UpOutcome, pages: readonly Page[]): string {
  const { layout, seconds } = outcome;
  return [
    `${city} ${DID[outcome.did]}: ${layout.hosts.length} hosts, ${layout.wires.length} wires${outcome.did === 'nothing' ? '' : `, ${seconds.steady.toFixed(1)} s (hosts and wires ${seconds.hosts.toFixed(1)} s)`}`,
    ...outcome.late.map(({ check, detail }) => `late: ${check}: ${detail}`),
    ...machineLines(outcome),
    outcome.late.length === 0
      ? 'steady state: everything as it should be'
      : 'next: `npx citydc status` shows what is late; `npx citydc up` waits again',
    '',
    ...pages.map(({ name, host, url }) => `${name.padEnd(13)} ${host.padEnd(12)} ${url}`),
    '',
    ...(outcome.late.length === 0 ? NEXT : []),
  ].join('\n');
}

const DID = { created: 'is up', changed: 'is changed', nothing: 'was up already, nothing changed' } as const satisfies Record<
  UpOutcome['did'],
  string
>;

const NEXT = [
  'Try next:',
  '  npx citydc status                       what is well and what is not',
  '  npx citydc exec e131 -- ip route        a command inside an office',
  '  npx citydc fault cut l10                cut a line; `npx citydc fault heal` mends it',
  '  npx citydc drill run site-loss          lose the whole primary site and measure it',
  '  npm stop                                take the city down',
  '',
];
