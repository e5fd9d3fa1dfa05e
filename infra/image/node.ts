import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../city/load/read.js';

/** A Node for the hosts: the path of its program on this machine, and a label as `v22.23.5 x64`. */
export interface HostNode {
  readonly path: string;
  readonly label: string;
}

/**
 * The Node that runs our programs on hosts: the one of the npm package `node-linux-*`, whatever runs `citydc`. Node 22 starts in a third of
 * the processor time of Node 20, and a city starts it 150 times. Where that package is not installed (an installed bundle, another
 * architecture), the Node of this process.
 */
export function hostNode(root = packageRoot()): HostNode {
  const folder = join(root, 'node_modules', `node-linux-${process.arch}`);
  const path = join(folder, 'bin', 'node');
  if (!existsSync(path)) return { path: process.execPath, label: `${process.version} ${process.arch}` };
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
  return { path, label: `v${version} ${process.arch}` };
}
