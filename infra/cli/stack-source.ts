import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../city/load/read.js';
import type { StackSource } from '../docker/deploy/stack.js';

/** Where a city's stack comes from: an installed bundle has it ready, a checkout makes it of an inventory. */
export function stackSource(inventory: string, districts: string): StackSource {
  const root = packageRoot();
  const ready = join(root, 'stack');
  if (existsSync(ready)) return { from: 'bundle', folder: ready };
  return { from: 'inventory', inventory, districts, program: join(root, 'dist', 'stack.js') };
}
