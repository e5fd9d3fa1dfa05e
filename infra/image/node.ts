import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../city/load/read.js';

/** A Node for the hosts: where its program lies on this machine, and what it is, as `v22.23.5 x64`. */
export interface HostNode {
  readonly path: string;
  readonly label: string;
}

/**
 * The Node that hosts run our programs with: the one that comes as a package of its own, whatever runs `citydc`. Node 22 starts in a third
 * of the processor time of Node 20, and a city starts it 150 times. Where the package is not installed (an installed bundle, another
 * architecture), this process's own.
 */
export function hostNode(root = packageRoot()): HostNode {
  const folder = join(root, 'node_modules', `node-linux-${process.arch}`);
  const path = join(folder, 'bin', 'node');
  if (!existsSync(path)) return { path: process.execPath, label: `${process.version} ${process.arch}` };
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
  return { path, label: `v${version} ${process.arch}` };
}
