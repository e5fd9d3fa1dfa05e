/** `notices CONFIG`: takes Alertmanager's webhooks on loopback and appends each to the log. Exit code 2: bad configuration. */

import { readFile } from 'node:fs/promises';
import { parseNoticesConfiguration } from '../contract/notices.js';
import { noticeLog } from './log.js';
import { receiver } from './receiver.js';

const path = process.argv[2];
if (path === undefined) leave(['usage: notices CONFIG']);
const parsed = parseNoticesConfiguration(await readFile(path, 'utf8').catch((error: Error) => leave([error.message])));
if (!parsed.ok) leave(parsed.problems.map(problem => `${path}: ${problem}`));

const log = noticeLog(parsed.value.logPath);
receiver(
  log,
  () => new Date(),
  message => void process.stderr.write(`${message}\n`),
).listen(parsed.value.port, '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));

function leave(problems: readonly string[]): never {
  process.stderr.write(`${problems.join('\n')}\n`);
  process.exit(2);
}
