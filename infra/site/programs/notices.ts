import type { NoticesConfiguration } from '../../../agents/contract/notices.js';
import { bundlePath, NODE, type SecretName, secretFile } from '../host.js';
import { PORT } from '../ports.js';
import type { Program } from '../program.js';

const FOLDER = '/var/lib/citydc/notices';
/** One JSON line a notice that this site's Alertmanager has sent. */
export const NOTICE_LOG = `${FOLDER}/notices.jsonl`;
const CONFIG = '/etc/citydc/notices.json';
/** When each certificate of the city ends, as metrics. */
const EXPIRIES: SecretName = 'expiries:city';
const CONFIGURATION = {
  schema: 1,
  port: PORT.notices,
  logPath: NOTICE_LOG,
  metricsPath: secretFile(EXPIRIES),
} satisfies NoticesConfiguration;

/** Keeps Alertmanager's notifications: what was notified and when can be shown afterwards, also before there is a receiver. And it serves
 * to its host's Prometheus what is known of the city and measured by none. */
export const notices: Program = {
  name: 'notices',
  packages: ['libstdc++6'],
  connects: () => [],
  render: () => ({
    files: [
      {
        path: CONFIG,
        content: `${JSON.stringify(CONFIGURATION, undefined, 2)}\n`,
        onChange: 'restart',
      },
    ],
    folders: [{ path: FOLDER, owner: 'prometheus', mode: 0o755 }],
    processes: [
      {
        name: 'notices',
        user: 'prometheus',
        command: [NODE, bundlePath('notices'), CONFIG],
        bundles: ['notices'],
        // The metrics are read with every request.
        reload: { command: ['true'] },
      },
    ],
    secrets: [{ name: EXPIRIES, owner: 'prometheus', onChange: 'reload' }],
  }),
};
