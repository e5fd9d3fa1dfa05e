import { readFile, stat, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { Notice } from '../../../agents/contract/notices.js';
import { noticeLog } from '../../../agents/notices/log.js';
import { receiver } from '../../../agents/notices/receiver.js';
import { temporaryFolder } from '../../temporary-folder.js';

const NOW = new Date('2026-11-23T08:00:00Z');
/** As Alertmanager 0.25 posts it, what we do not keep included. */
const WEBHOOK = {
  version: '4',
  groupKey: '{}:{alertname="EndpointDown"}',
  status: 'firing',
  receiver: 'page',
  externalURL: 'http://s1-monitor1:9093',
  alerts: [
    {
      status: 'firing',
      labels: { alertname: 'EndpointDown', endpoint: 'e131' },
      annotations: { summary_vi: 'UBND xã Thới Hưng (e131) mất kết nối' },
      startsAt: '2026-11-23T07:59:50Z',
      endsAt: '0001-01-01T00:00:00Z',
      fingerprint: '1',
    },
  ],
};

const open = new Set<ReturnType<typeof receiver>>();
afterEach(() => {
  for (const server of open) server.close();
  open.clear();
});

const listening = async (path: string, complaints: string[] = []) => (await serving(path, complaints)).send;

async function serving(path: string, complaints: string[] = []) {
  const server = receiver(
    noticeLog(path),
    () => NOW,
    message => void complaints.push(message),
    () => readFile(`${path}.metrics`, 'utf8'),
  );
  open.add(server);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/`;
  return { port, send: (body: string, method = 'POST') => fetch(url, method === 'POST' ? { method, body } : { method }) };
}

test('a notice is one line, with when it came', async () => {
  const path = join(temporaryFolder(), 'notices.jsonl');
  const send = await listening(path);
  expect((await send(JSON.stringify(WEBHOOK))).status).toBe(200);
  expect((await send(JSON.stringify({ ...WEBHOOK, status: 'resolved' }))).status).toBe(200);
  const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
  expect(lines.map(line => JSON.parse(line))).toMatchObject([
    { schema: 1, receivedAt: NOW.toISOString(), status: 'firing', alerts: [{ labels: { endpoint: 'e131' } }] },
    { status: 'resolved' },
  ]);
});

test('what is no webhook is refused with all that is wrong, and nothing is kept', async () => {
  const path = join(temporaryFolder(), 'notices.jsonl');
  const send = await listening(path);
  expect((await send('{')).status).toBe(400);
  const refused = await send(JSON.stringify({ status: 'burning', alerts: 3 }));
  expect([refused.status, await refused.text()]).toEqual([400, expect.stringMatching(/status: .*\n.*alerts: /s)]);
  expect((await send('', 'GET')).status).toBe(405);
  expect((await send(`"${'x'.repeat(5_000_000)}"`)).status).toBe(413);
  await expect(stat(path)).rejects.toThrow('ENOENT');
});

test('metrics are those of the file at that moment', async () => {
  const path = join(temporaryFolder(), 'notices.jsonl');
  const { port } = await serving(path);
  const metrics = () => fetch(`http://127.0.0.1:${port}/metrics`);
  expect((await metrics()).status).toBe(503);
  for (const text of ['up 1\n', 'up 0\n']) {
    await writeFile(`${path}.metrics`, text);
    expect(await (await metrics()).text()).toBe(text);
  }
});

test('who goes away in the middle of a post ends nothing: the next is kept', async () => {
  const path = join(temporaryFolder(), 'notices.jsonl');
  const { send, port } = await serving(path);
  const socket = connect(port, '127.0.0.1');
  await new Promise<void>(resolve => socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n{', () => resolve()));
  socket.resetAndDestroy();
  expect((await send(JSON.stringify(WEBHOOK))).status).toBe(200);
});

test('a disk that refuses is answered so that Alertmanager tries again', async () => {
  const complaints: string[] = [];
  const send = await listening(join(temporaryFolder(), 'gone', 'notices.jsonl'), complaints);
  expect((await send(JSON.stringify(WEBHOOK))).status).toBe(507);
  expect(complaints).toEqual([expect.stringContaining('notice not kept')]);
});

test('the log is two files at most, and loses no line when it turns', async () => {
  const path = join(temporaryFolder(), 'notices.jsonl');
  const log = noticeLog(path, 400);
  const notice: Notice = { schema: 1, receivedAt: NOW.toISOString(), status: 'firing', alerts: [] };
  await Promise.all(Array.from({ length: 6 }, () => log.append(notice)));
  const lines = async (file: string) => (await readFile(file, 'utf8')).trimEnd().split('\n').length;
  expect((await lines(path)) + (await lines(`${path}.1`))).toBe(6);
});
