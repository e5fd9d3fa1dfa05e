import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CITYDC } from '../citydc.js';

const FOLDER = resolve('.citydc', 'lab-tests');

/** The folder of a small city, by its name. */
export const folderOf = (name: string): string => join(FOLDER, name);
export const networkOf = (folder: string): string => join(folder, 'network');
export const stateOf = (folder: string): string => join(folder, 'state');

/** Takes a small city down and removes its network and folder, whatever of them is there. */
export function removeSmallCity(folder: string): void {
  const network = networkOf(folder);
  const isThere = () => readFileSync('/proc/self/mounts', 'utf8').includes(` ${network} `);
  if (isThere()) {
    const environment = { ...process.env, CITYDC_STATE: stateOf(folder) };
    execFileSync('nsenter', [`--net=${network}`, process.execPath, CITYDC, 'down'], { env: environment, stdio: 'ignore' });
  }
  while (isThere()) execFileSync('umount', ['--lazy', network]);
  rmSync(folder, { recursive: true, force: true });
}

/** Those that test runs left that were killed. */
export function removeLeftCities(): void {
  let names: readonly string[] = [];
  try {
    names = readdirSync(FOLDER);
  } catch {
    return; // there never was one
  }
  for (const name of names) removeSmallCity(folderOf(name));
}
