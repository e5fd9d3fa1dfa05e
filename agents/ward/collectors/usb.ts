import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Collect, UsbDevice } from './collector.js';

/**
 * USB devices, hubs not counted, and the scanners among them.
 *
 * A device is a scanner when its first interface is of class 06 (still image, which cameras share: those that say so in their name are
 * none) or its product's name has "scan" in it. A scanner of a vendor's own class with another name is not recognised; nor is one inside
 * a printer.
 */
export const usb: Collect = async ({ information, root }) => {
  await wantBus(join(root, 'sys/bus/usb/devices'));
  const listed = await information.usb();
  // A bus's own root hub is always listed.
  if (listed.length === 0) throw new Error('lsusb does not work');
  const devices = listed.filter(({ type }) => type !== 'Hub');
  return { found: { usbDevices: devices.length, scanners: devices.filter(isScanner).length }, devices: devices.map(nameOf) };
};

async function wantBus(folder: string): Promise<void> {
  const entries = await readdir(folder).catch(() => []);
  if (!entries.some(entry => /^usb\d+$/.test(entry))) throw new Error('no USB bus');
}

const isScanner = ({ type, name }: UsbDevice): boolean => type === 'Imaging' || /scan/i.test(name);

const nameOf = ({ manufacturer, name }: UsbDevice): string => `${manufacturer} ${name}`.trim();
