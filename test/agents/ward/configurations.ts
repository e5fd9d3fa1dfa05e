/** The configuration of an office on loopback. */

import type { WardConfiguration } from '../../../agents/contract/ward.js';

export const office: WardConfiguration = {
  schema: 1,
  endpoint: 'e131',
  source: '127.0.0.1',
  metricsPort: 9100,
  stateFolder: '/nowhere',
  timeZone: 'Asia/Ho_Chi_Minh',
  sites: [
    { site: 's1', push: 'http://127.0.0.1:1/api/v1/write', reflector: { address: '127.0.0.1', port: 1 } },
    { site: 's2', push: 'http://127.0.0.1:1/api/v1/write', reflector: { address: '127.0.0.2', port: 1 } },
  ],
  systems: Array.from({ length: 10 }, (_, index) => ({ system: `system-${index}`, address: '127.0.0.1', port: 1 })),
  targets: [
    { target: 'national', address: '127.0.0.1', port: 1 },
    { target: 'internet', address: '127.0.0.1', port: 1 },
  ],
  intervals: { pathSeconds: 1, systemsSeconds: 1, equipmentSeconds: 1, pushSeconds: 1 },
  inventoryAt: '30 1 * * *',
  expected: { scanner: 1, printer: 2 },
};
