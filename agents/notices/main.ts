/** `notices CONFIG`: takes Alertmanager's webhooks on loopback, appends each to the log, and serves metrics of a file. Exit code 2: bad configuration. */

import { readFile } from 'node:fs/promises';
import { parseNoticesConfiguration } from '../contract/notices.js';
import { readConfiguration } from '../contract/read-configuration.js';
import { noticeLog } from './log.js';
import { receiver } from './receiver.js';

void main(process.argv[2]);

async function main(path: string | undefined): Promise<void> {
  const parsed = await readConfiguration(path, parseNoticesConfiguration, 'notices CONFIG');
  if (!parsed.ok) return leave(parsed.problems);
  const log = noticeLog(parsed.value.logPath);
  process.on('SIGTERM', () => process.exit(0));
  receiver(
    log,
    () => new Date(),
    message => void process.stderr.write(`${message}\n`),
    () => readFile(parsed.value.metricsPath, 'utf8'),
  ).listen(parsed.value.port, '127.0.0.1');
}

function leave(problems: readonly string[]): never {
  process.stderr.write(`${problems.join('\n')}\n`);
  process.exit(2);
}
