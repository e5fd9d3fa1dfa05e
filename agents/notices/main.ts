/** `notices CONFIG`: takes Alertmanager's webhooks on loopback and appends each to the log. Exit code 2: bad configuration. */

import { readFile } from 'node:fs/promises';
import { parseNoticesConfiguration } from '../contract/notices.js';
import { noticeLog } from './log.js';
import { receiver } from './receiver.js';

void main(process.argv[2]);

async function main(path: string | undefined): Promise<void> {
  if (path === undefined) return leave(['usage: notices CONFIG']);
  const parsed = parseNoticesConfiguration(await readFile(path, 'utf8').catch((error: Error) => leave([error.message])));
  if (!parsed.ok) return leave(parsed.problems.map(problem => `${path}: ${problem}`));
  const log = noticeLog(parsed.value.logPath);
  process.on('SIGTERM', () => process.exit(0));
  receiver(
    log,
    () => new Date(),
    message => void process.stderr.write(`${message}\n`),
  ).listen(parsed.value.port, '127.0.0.1');
}

function leave(problems: readonly string[]): never {
  process.stderr.write(`${problems.join('\n')}\n`);
  process.exit(2);
}
