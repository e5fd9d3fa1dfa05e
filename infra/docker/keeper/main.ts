/** Started with the state folder as its one word. */

import { dockerState } from '../state-folder.js';
import { keepDocker } from './keep.js';

const ending = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => ending.abort());
await keepDocker({
  state: dockerState(process.argv[2] ?? ''),
  client: process.env.CITYDC_DOCKER || 'docker',
  ending: ending.signal,
  log: text => console.log(`${new Date().toISOString()} ${text}`),
});
process.exit(0);
