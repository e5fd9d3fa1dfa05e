/** After the drill: brings everything that the judge needs into the run's folder. */

import pLimit from 'p-limit';
import { beforePort } from '../../infra/city/ip.js';
import { WorldError } from '../../infra/city/problem.js';
import { readHistory } from '../../infra/fabric/cluster.js';
import { digestsOf, FILES, parseList, writeEvidence } from '../evidence/evidence.js';
import { ledgerPath } from './clients.js';
import { addressFor, type PlannedSystem, type Ward } from './drill.js';
import type { Run } from './run.js';

const AT_ONCE = 4;
const READ_ATTEMPTS = 3;

/** Ledgers, what the databases hold, and the history of timelines; then the digests of all of it into the journal. */
export async function collect(run: Run): Promise<void> {
  const { plan, folder, stage, journal } = run;
  const limit = pLimit(AT_ONCE);
  const stateful = plan.systems.filter(({ state }) => state === 'database');
  stage.progress(`collecting ${plan.wards.length} ledgers and ${stateful.length * plan.wards.length} read-backs`);
  await Promise.all([
    ...plan.wards.map(ward => limit(() => collectLedger(run, ward))),
    ...stateful.flatMap(system => plan.wards.map(ward => limit(() => collectReadBack(run, system, ward)))),
    limit(async () => writeEvidence(folder, FILES.history, await readHistory(stage.fabric, plan.databases))),
  ]);
  await journal.append({ kind: 'files', sha256: await digestsOf(folder) });
}

const collectLedger = async ({ id, folder, stage }: Run, { host }: Ward): Promise<void> =>
  writeEvidence(folder, FILES.ledger(host), await stage.fabric.readFile(host, ledgerPath(id)));

/** Read from the ward itself, over the path that its office uses. What does not answer is left out: the judge calls it not measured. */
async function collectReadBack(run: Run, system: PlannedSystem, ward: Ward): Promise<void> {
  for (let attempt = 1; attempt <= READ_ATTEMPTS; attempt++) {
    const text = await readBack(run, system, ward);
    if (text !== undefined && parseList(text) !== undefined) return writeEvidence(run.folder, FILES.readBack(system.key, ward.host), text);
  }
}

/** @returns undefined when the ward cannot send the request */
async function readBack({ id, stage, signal }: Run, system: PlannedSystem, ward: Ward): Promise<string | undefined> {
  const { host, source } = ward;
  const url = `http://${beforePort(addressFor(ward, system))}:${system.port}/documents?endpoint=${host}&run=${id}`;
  const command = ['curl', '-sf', '-m', '10', '--interface', source, url];
  const answer = await stage.fabric.exec(host, command, { timeoutMs: 15_000 }).catch((error: unknown) => {
    signal.throwIfAborted(); // Ctrl-C ends the commands under way, too: that is no missing answer
    if (!(error instanceof WorldError)) throw error;
  });
  return answer?.stdout;
}
