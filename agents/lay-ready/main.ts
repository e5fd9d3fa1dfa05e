import { readFileSync } from 'node:fs';
import { READY_PATHS, type Ready } from '../contract/ready.js';
import { layReady } from './lay-ready.js';

const { schema, hosts } = JSON.parse(readFileSync(READY_PATHS.ready, 'utf8')) as Ready;
if (schema !== 1) throw new Error(`${READY_PATHS.ready} has schema ${schema}; this program reads 1`);
const owners = new Map(
  readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map(line => line.split(':'))
    .map(([name = '', , uid, gid]) => [name, { uid: Number(uid), gid: Number(gid) }]),
);
const outcomes = await Promise.all(hosts.map(host => layReady({ ...READY_PATHS, owners }, host)));
for (const [index, outcome] of outcomes.entries()) console.log(`${hosts[index]?.name}: ${outcome}`);
if (outcomes.includes('no answer') || outcomes.includes('not applied')) process.exitCode = 1;
