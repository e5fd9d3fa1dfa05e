/** What a collector is: one subject of the office's equipment. */

import type { Systeminformation } from 'systeminformation';
import type { LabelsOf, WardGauge } from '../metrics.js';

/** Where what is found goes: one series each. */
export const FOUND = {
  cpuRatio: { metric: 'citydc_pc_cpu_ratio', labels: {} },
  memoryUsedBytes: { metric: 'citydc_pc_memory_used_bytes', labels: {} },
  memorySizeBytes: { metric: 'citydc_pc_memory_size_bytes', labels: {} },
  diskUsedBytes: { metric: 'citydc_pc_disk_used_bytes', labels: {} },
  diskSizeBytes: { metric: 'citydc_pc_disk_size_bytes', labels: {} },
  temperatureCelsius: { metric: 'citydc_pc_temperature_celsius', labels: {} },
  uptimeSeconds: { metric: 'citydc_pc_uptime_seconds', labels: {} },
  printers: { metric: 'citydc_equipment_found', labels: { kind: 'printer' } },
  usbDevices: { metric: 'citydc_equipment_found', labels: { kind: 'usb' } },
  scanners: { metric: 'citydc_equipment_found', labels: { kind: 'scanner' } },
} as const satisfies Record<string, Place<WardGauge>>;
interface Place<N extends WardGauge> {
  readonly metric: N;
  readonly labels: Partial<LabelsOf<N>>;
}
export type FoundValue = keyof typeof FOUND;

/** The calls of systeminformation that are used: each reads files or starts a few processes, none scans a network. */
export interface Information {
  currentLoad(): Promise<Pick<Systeminformation.CurrentLoadData, 'rawCurrentLoad' | 'rawCurrentLoadIdle'>>;
  mem(): Promise<Pick<Systeminformation.MemData, 'total' | 'available'>>;
  fsSize(): Promise<readonly Pick<Systeminformation.FsSizeData, 'mount' | 'size' | 'used'>[]>;
  cpuTemperature(): Promise<{ readonly main: number | null }>;
  time(): { readonly uptime: number };
  printer(): Promise<readonly Pick<Systeminformation.PrinterData, 'name'>[]>;
  usb(): Promise<readonly UsbDevice[]>;
}
export type UsbDevice = Pick<Systeminformation.UsbData, 'name' | 'type' | 'manufacturer'>;

/** The machine as collectors see it. */
export interface OfficeMachine {
  readonly information: Information;
  /** `/`, but in tests. */
  readonly root: string;
  /** What the last round saw. */
  readonly cpuBefore?: CpuTimes;
}

/** Processor time since the machine started, of all processors together. */
export interface CpuTimes {
  readonly busyMs: number;
  readonly idleMs: number;
}

export interface Look {
  readonly found: Readonly<Partial<Record<FoundValue, number>>>;
  /** Names of devices, for the nightly inventory. */
  readonly devices?: readonly string[];
  readonly cpu?: CpuTimes;
}

/** Looks once. @throws with the reason when it cannot know: nothing is ever guessed */
export type Collect = (machine: OfficeMachine) => Promise<Look>;
