import { packageRoot } from '../city/load/read.js';
import { versionOf } from '../image/node.js';

/** The version of this program, as its package says. */
export const version = (): string => versionOf(packageRoot());
