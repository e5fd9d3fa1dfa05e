/** The text of `up --plan`. */

import { grouped } from '../city/grouped.js';
import type { AgentProcess } from '../fabric/convergence/changes.js';
import type { FileChange, HostChange } from '../fabric/convergence/host-change.js';
import { disturbedBy, type Preparation, type Step, type UpPlan } from '../fabric/convergence/plan.js';
import { BUNDLES, type Wire } from '../site/host.js';
import { table } from './table.js';

/** The plan for people: why it would be refused, a row for each step and kind of change, and which hosts stop serving meanwhile. */
export function describePlan(city: string, { runs, refusals, preparations, steps, notes }: UpPlan): string {
  const rows = [...preparations.map(preparationRow), ...steps.flatMap(rowsOf)].map((row, index) => [index + 1, ...row]);
  return [
    ...refusals.flatMap(({ what, hint }) => [`\`up\` would refuse: ${what}`, ...(hint === undefined ? [] : [`  hint: ${hint}`])]),
    ...(refusals.length === 0 || rows.length === 0 ? [] : ['Once that is resolved:']),
    ...(rows.length === 0 ? [] : [table(['', 'step', 'where', 'why', 'effect'], rows)]),
    `${city}: ${summaryOf(runs, steps)}`,
    ...notes.map(note => `note: ${note}`),
    '',
  ].join('\n');
}

type Row = readonly [step: string, where: string, why: string, effect: string];

function preparationRow(step: Preparation): Row {
  switch (step.do) {
    case 'install-packages':
      return ['install packages', 'this machine', 'the lab needs them', step.packages.join(' ')];
    case 'build-image':
      return ['build the image', 'this machine', `there is none of today's recipe (${step.image})`, 'fetches Debian packages'];
    case 'load-image':
      return ['load the image', step.dockerHosts.join(', '), `${step.image} is not there`, ''];
    case 'remove-leftovers':
      return ['remove leftovers', 'this machine', 'a run was cut short, or the machine restarted', ''];
    case 'start-keeper':
      return ['start the keeper', 'this machine', 'none runs', ''];
  }
}

function rowsOf(step: Step): readonly Row[] {
  switch (step.do) {
    case 'remove-wires':
      return [['remove wires', wiresOf(step.wires), GONE, 'links end']];
    case 'remove-hosts':
      return [['remove hosts', namesOf(step.hosts), GONE, 'they end']];
    case 'lay-wires':
      return [['lay wires', wiresOf(step.wires), 'not laid yet', '']];
    case 'create-hosts':
      return [
        [
          'create hosts',
          namesOf(step.hosts),
          NEW,
          step.wires.length === 0 ? 'they start' : `they start; laid to them: ${wiresOf(step.wires)}`,
        ],
      ];
    case 'replace-hosts':
      return [['replace hosts', namesOf(step.hosts), 'their container differs', 'they are restarted; data stays']];
    case 'power-on':
      return [['power on', namesOf(step.hosts), 'off, and no fault keeps them off', 'they start']];
    case 'apply-network':
      return [['apply network', namesOf(step.hosts), 'new wires', 'the new wires come up']];
    case 'change-hosts':
      return changeRows(step.hosts);
    case 'await-steady':
      return [['await steady state', 'the city', `before more than ${namesOf(step.after)} is changed`, '']];
    case 'restart-agents':
      return agentRows(step.agents);
  }
}

const NEW = 'not there yet';
const GONE = 'no longer wanted, or changed';

/** Hosts with the same change share a row. */
function changeRows(hosts: readonly HostChange[]): readonly Row[] {
  const alike = grouped(hosts, change => [JSON.stringify([whyOf(change), effectOf(change)])]);
  return [...alike.values()].flatMap((same): Row[] => {
    const [first] = same;
    return first === undefined ? [] : [['change hosts', namesOf(same.map(({ host }) => host)), whyOf(first), effectOf(first)]];
  });
}

const MARKS = { new: '+', changed: '', gone: '-' } as const satisfies Record<FileChange['what'], string>;

const whyOf = ({ files, settings }: HostChange): string =>
  several([...files.map(({ path, what }) => `${MARKS[what]}${path}`), ...(files.length === 0 ? settings : [])]);

function effectOf({ effect, programs }: HostChange): string {
  if (effect === 'boot') return 'reboots';
  return effect === 'none' ? 'nothing restarts' : programs.map(({ program, how }) => `${program}: ${how}`).join(', ');
}

const agentRows = (agents: readonly AgentProcess[]): readonly Row[] =>
  BUNDLES.flatMap((name): Row[] => {
    const own = agents.filter(({ bundle }) => bundle === name);
    if (own.length === 0) return [];
    return [['restart agents', namesOf([...new Set(own.map(({ host }) => host))]), `${name} has changed`, `${name}: restart`]];
  });

const SHOWN = 3;
const several = (words: readonly string[]): string =>
  words.length <= SHOWN + 1 ? words.join(', ') : `${words.slice(0, SHOWN).join(', ')} and ${words.length - SHOWN} more`;

const namesOf = (hosts: readonly string[]): string => (hosts.length <= SHOWN + 1 ? hosts.join(', ') : `${hosts.length}: ${several(hosts)}`);
const wiresOf = (wires: readonly Wire[]): string =>
  wires.length <= SHOWN ? wires.map(({ name, ends: [a, b] }) => `${name} (${a.host}–${b.host})`).join(', ') : `${wires.length} wires`;

function summaryOf(runs: boolean, steps: readonly Step[]): string {
  const created = sum(steps, step => (step.do === 'create-hosts' ? step.hosts.length : 0));
  const laid = sum(steps, step => (step.do === 'create-hosts' || step.do === 'lay-wires' ? step.wires.length : 0));
  if (!runs) return `${created} hosts and ${laid} wires would be created; then \`up\` waits for steady state`;
  if (steps.length === 0) return 'nothing would change; `up` only waits for steady state';
  const counts = [
    [created, 'created'],
    [sum(steps, step => (step.do === 'replace-hosts' ? step.hosts.length : 0)), 'replaced'],
    [sum(steps, step => (step.do === 'remove-hosts' ? step.hosts.length : 0)), 'removed'],
    [sum(steps, step => (step.do === 'change-hosts' ? step.hosts.length : 0)), 'changed in place'],
  ] as const;
  const changed = counts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${count === 1 ? 'host' : 'hosts'} ${what}`);
  const disturbed = [...new Set(steps.flatMap(disturbedBy))];
  const ends = disturbed.length === 0 ? 'nothing that runs ends or restarts' : `something ends or restarts on ${namesOf(disturbed)}`;
  return `${[...changed, ...(laid > 0 ? [`${laid} ${laid === 1 ? 'wire' : 'wires'} laid`] : []), ends].join('; ')}; then \`up\` waits for steady state`;
}

const sum = (steps: readonly Step[], of: (step: Step) => number): number => steps.reduce((total, step) => total + of(step), 0);
