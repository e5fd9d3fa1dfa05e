import type { Collect } from './collector.js';

/** The processor's temperature. systeminformation says null without a sensor, and 0 for one that gives no value. */
export const temperature: Collect = async ({ information }) => {
  const { main } = await information.cpuTemperature();
  if (main === null || main === 0) throw new Error('no sensor');
  return { found: { temperatureCelsius: main } };
};
