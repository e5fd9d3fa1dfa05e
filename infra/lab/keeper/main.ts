import { stateFolder } from '../state-folder.js';
import { keepLab } from './keep.js';
import { relay } from './relay.js';

const [mode, path = ''] = process.argv.slice(2);
if (mode === 'keep') {
  const ending = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => ending.abort());
  await keepLab(stateFolder(path), process.argv[1] ?? '', ending.signal, text => console.log(`${new Date().toISOString()} ${text}`));
}
if (mode === 'relay') await relay();
process.exit(0);
