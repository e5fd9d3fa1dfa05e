import type { Collect } from './collector.js';

/** The root file system. */
export const disk: Collect = async ({ information }) => {
  const root = (await information.fsSize()).find(({ mount }) => mount === '/');
  if (root === undefined) throw new Error('df does not list the root file system');
  return { found: { diskSizeBytes: root.size, diskUsedBytes: root.used } };
};
