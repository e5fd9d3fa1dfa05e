/** The office's equipment: what the collectors find, as metrics and in a nightly inventory. */

import { join } from 'node:path';
import type { WardConfiguration } from '../contract/ward.js';
import { type CpuTimes, FOUND, type FoundValue } from './collectors/collector.js';
import { type CollectorOutcome, cpuSeen, type Round } from './collectors/round.js';
import { COLLECTOR_NAMES, COLLECTORS } from './collectors/table.js';
import type { Disk } from './disk.js';
import type { LabelsOf, Metrics, WardGauge } from './metrics.js';
import { nightly } from './nightly.js';
import type { WardParts } from './parts.js';
import type { ReportTrouble } from './troubles.js';

/** Looks again and again, and keeps an inventory every night. */
export function watchEquipment({ configuration, world, metrics, cadences, start, atEnd }: WardParts): void {
  let cpuBefore: CpuTimes | undefined;
  const look = async (): Promise<Round> => {
    const round = await world.round(cpuBefore);
    cpuBefore = cpuSeen(round) ?? cpuBefore;
    showRound(round, metrics, world.report);
    return round;
  };
  const keep = async (): Promise<void> => keepInventory(configuration, await look(), world.wallMs(), world.disk);
  showExpected(configuration, metrics);
  const { first } = start(cadences.equipment(), async () => void (await look()));
  const wrong = (reason: string): void => {
    world.log('error', `no nightly inventory: ${reason}`);
    metrics.put('citydc_agent_configuration_valid', {}, 0);
  };
  atEnd(nightly(configuration, { run: keep, wrong, ready: first }, world.log));
}

/** Shows a round. What a collector did not find is absent from then on. */
export function showRound(round: Round, metrics: Metrics, report: ReportTrouble): void {
  for (const collector of COLLECTOR_NAMES) {
    const { found, trouble, durationSeconds } = round[collector];
    for (const key of COLLECTORS[collector].fills) show(metrics, key, found);
    metrics.put('citydc_agent_collector_success', { collector }, trouble === undefined ? 1 : 0);
    metrics.put('citydc_agent_collector_duration_seconds', { collector }, durationSeconds);
    report(`collector ${collector}`, trouble);
  }
}

function show(metrics: Metrics, key: FoundValue, found: CollectorOutcome['found']): void {
  const { metric, labels } = FOUND[key];
  metrics.put<WardGauge>(metric, labels as LabelsOf<WardGauge>, found[key]);
}

/** Shows what the city's inventory expects of the office. */
export function showExpected({ expected }: WardConfiguration, metrics: Metrics): void {
  for (const [kind, count] of Object.entries(expected)) metrics.put('citydc_equipment_expected', { kind }, count);
}

/** Keeps what was found in the state folder: what there was before a theft or a flood is known afterwards. */
export async function keepInventory(configuration: WardConfiguration, round: Round, takenAtMs: number, disk: Disk): Promise<void> {
  const { endpoint, stateFolder } = configuration;
  const looks = COLLECTOR_NAMES.map(name => [name, inventoryOf(round[name])] as const);
  const inventory = { schema: 1, endpoint, takenAt: new Date(takenAtMs).toISOString(), equipment: Object.fromEntries(looks) };
  await disk.save(join(stateFolder, 'equipment.json'), `${JSON.stringify(inventory, undefined, 2)}\n`);
}

const inventoryOf = ({ found, devices, trouble }: CollectorOutcome): object =>
  trouble === undefined ? { ...found, ...(devices === undefined ? {} : { devices }) } : { unknown: trouble };
