import type { Collect } from './collector.js';

/** Memory in use is what could not be had for a new program: caches do not count. */
export const memory: Collect = async ({ information }) => {
  const { total, available } = await information.mem();
  return { found: { memorySizeBytes: total, memoryUsedBytes: total - available } };
};
