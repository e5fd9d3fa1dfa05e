/** The calls of systeminformation that the collectors make. */

import { cpuTemperature, currentLoad } from 'systeminformation/lib/cpu.js';
import { fsSize } from 'systeminformation/lib/filesystem.js';
import { mem } from 'systeminformation/lib/memory.js';
import { time } from 'systeminformation/lib/osinfo.js';
import { printer } from 'systeminformation/lib/printer.js';
import { usb } from 'systeminformation/lib/usb.js';
import type { Information } from './collector.js';

export const information: Information = { currentLoad, mem, fsSize, cpuTemperature, time, printer, usb };
