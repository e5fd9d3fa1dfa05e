import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { own } from '../../agents/contract/json.js';
import { readJson } from '../city/json.js';
import { packageRoot } from '../city/load/read.js';
import type { City } from '../city/model.js';
import type { Caller, DownResult, Page, Realisation, UpResult, WantedCity } from '../fabric/realisation.js';
import { type StateFolder, stateFolder } from './state-folder.js';
import type { LabUpOutcome } from './up.js';

/** The lab on this machine as a realisation. The code of each verb is loaded when it is called. */
export function labRealisation(caller: Caller): Realisation {
  const state = stateFolder(caller.state);
  return {
    drillsFolder: state.drills,
    open: async () => (await import('./open.js')).openLab(state),
    up: async wanted => ({
      plan: async city => (await import('./plan.js')).planUp({ state, city, bundles: BUNDLES }),
      up: (city, deadlineMs) => bringUp(caller, state, city, wanted, deadlineMs),
    }),
    down: () => takeDown(caller, state),
  };
}

const DIST = join(packageRoot(), 'dist');
const BUNDLES = join(DIST, 'agents');

async function bringUp(caller: Caller, state: StateFolder, city: City, wanted: WantedCity, deadlineMs: number): Promise<UpResult> {
  const [{ up }, { readAccess, withToken }] = await Promise.all([import('./up.js'), import('./keeper/access.js')]);
  const { inventory, writablePages = false } = wanted;
  const { late, machine, layout, ...facts } = await up({
    ...{ state, city, inventory, deadlineMs, bundles: BUNDLES, keeper: join(DIST, 'keeper.js') },
    mirror: caller.env.CITYDC_MIRROR,
    writablePages,
    progress: caller.progress,
    note: caller.note,
    late: caller.late,
    signal: caller.interrupted(),
  });
  const offered = readJson(own<{ readonly pages: readonly Page[] }>(), await readFile(state.pages, 'utf8'), state.pages).pages;
  const access = await readAccess(state.pageAccess);
  const pages = access === undefined ? [] : offered.map(page => withToken(page, access));
  const counts = { hosts: layout.hosts.length, wires: layout.wires.length };
  return {
    ...{ city, late, machine, pages, next: NEXT, again: `${CALL} up` },
    did: `${city.id} ${DID[facts.did]}: ${counts.hosts} hosts, ${counts.wires} wires${durationOf(facts)}`,
    facts: { ...counts, ...facts, pages },
  };
}

const durationOf = ({ did, seconds }: Pick<LabUpOutcome, 'did' | 'seconds'>): string =>
  did === 'nothing' ? '' : `, ${seconds.steady.toFixed(1)} s (hosts and wires ${seconds.hosts.toFixed(1)} s)`;

const DID = { created: 'is up', changed: 'is changed', nothing: 'was up already, nothing changed' } as const satisfies Record<
  LabUpOutcome['did'],
  string
>;

const CALL = 'npx citydc';
const NEXT = [
  [`${CALL} status`, 'what is healthy and what is not'],
  [`${CALL} exec e131 -- ip route`, 'a command inside an office'],
  [`${CALL} fault cut l10`, `cut a line; \`${CALL} fault heal\` undoes it`],
  [`${CALL} drill run site-loss`, 'lose the whole primary site and measure it'],
  ['npm stop', 'take the city down'],
] as const;

async function takeDown(caller: Caller, state: StateFolder): Promise<DownResult> {
  const { down } = await import('./down.js');
  caller.interrupted(); // half a city is of no use, and the rest takes seconds: Ctrl-C does not stop it
  const removed = await down(state, caller.progress);
  return { facts: { removed }, did: removed ? 'the city is down; image, secrets and drill evidence are kept' : 'no city was up' };
}
