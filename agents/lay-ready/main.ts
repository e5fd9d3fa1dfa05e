import { readFileSync } from 'node:fs';
import { own, parseJson } from '../contract/json.js';
import { usersIn } from '../contract/passwd.js';
import { READY_PATHS, type Ready } from '../contract/ready.js';
import { layReady } from './lay-ready.js';

const ready = parseJson(own<Ready>(), readFileSync(READY_PATHS.ready, 'utf8'));
if (!ready.ok) throw new Error(`${READY_PATHS.ready}: ${ready.problems.join('; ')}`);
const { hosts } = ready.value;
const owners = usersIn(readFileSync('/etc/passwd', 'utf8'));
const outcomes = await Promise.all(hosts.map(host => layReady({ ...READY_PATHS, owners }, host)));
for (const [index, outcome] of outcomes.entries()) console.log(`${hosts[index]?.name}: ${outcome}`);
if (outcomes.includes('no answer') || outcomes.includes('not applied')) process.exitCode = 1;
