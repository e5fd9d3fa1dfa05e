import type { Collect } from './collector.js';

export const uptime: Collect = async ({ information }) => ({ found: { uptimeSeconds: information.time().uptime } });
