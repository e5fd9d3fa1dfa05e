import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { readJson } from '../city/json.js';
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
  return { path, label: `v${versionOf(folder)} ${process.arch}` };
}

/** The version of the npm package in a folder. */
export function versionOf(folder: string): string {
  const path = join(folder, 'package.json');
  return readJson(z.object({ version: z.string() }), readFileSync(path, 'utf8'), path).version;
}
