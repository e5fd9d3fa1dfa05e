/** All collectors, one a subject, and which series each fills. */

import type { Collect, FoundValue } from './collector.js';
import { cpu } from './cpu.js';
import { disk } from './disk.js';
import { memory } from './memory.js';
import { printers } from './printers.js';
import { temperature } from './temperature.js';
import { uptime } from './uptime.js';
import { usb } from './usb.js';

interface Row {
  readonly collect: Collect;
  readonly fills: readonly FoundValue[];
}

export const COLLECTORS = {
  cpu: { collect: cpu, fills: ['cpuRatio'] },
  memory: { collect: memory, fills: ['memoryUsedBytes', 'memorySizeBytes'] },
  disk: { collect: disk, fills: ['diskUsedBytes', 'diskSizeBytes'] },
  temperature: { collect: temperature, fills: ['temperatureCelsius'] },
  uptime: { collect: uptime, fills: ['uptimeSeconds'] },
  printers: { collect: printers, fills: ['printers'] },
  usb: { collect: usb, fills: ['usbDevices', 'scanners'] },
} as const satisfies Record<string, Row>;
export type CollectorName = keyof typeof COLLECTORS;
export const COLLECTOR_NAMES = Object.keys(COLLECTORS) as CollectorName[];
