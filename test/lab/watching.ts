import { parseLedger } from '../../agents/contract/ledger.js';
import { beforePort } from '../../infra/city/ip.js';
import { openLab } from '../../infra/lab/open.js';
import { stateFolder } from '../../infra/lab/state-folder.js';
import { ledgerPath, startClients } from '../../runbooks/drill/clients.js';
import { addressFor, type DrillPlan, type PlannedSystem, type Ward } from '../../runbooks/drill/drill.js';
import { siteLoss } from '../../runbooks/drills/site-loss.js';
import { parseList } from '../../runbooks/evidence/evidence.js';
import { lossesOf } from '../../runbooks/judge/losses.js';
import { type OutageSeconds, outagesIn } from '../../runbooks/judge/outage.js';
import { requestsOf } from '../../runbooks/judge/requests.js';
import { longestOutageSeconds } from '../runbooks/longest-outage.js';
import { eventually } from './eventually.js';

/** What one office saw of one system while something was done to the city. */
export interface Seen {
  readonly office: string;
  readonly system: string;
  readonly outage: OutageSeconds;
  /** When outages began and ended, seconds from the start of the work. */
  readonly outages: readonly (readonly [number, number])[];
  /** Writes that were acknowledged: none for a system without a database. */
  readonly acknowledged: number;
  /** Of those, the ones that are gone; `unmeasured` when the database's list could not be read. */
  readonly lost: readonly number[] | 'unmeasured';
}

/** Good answers for so long, before and after: then the work's own time is all that is judged. */
const GOOD_SECONDS = 5;
const CLIENT_SECONDS = 600;

/** Lets real clients ask every system from some offices, in both families in turn, while work is done; then judges as a drill does. */
export async function watching(offices: readonly string[], work: () => Promise<unknown>): Promise<readonly Seen[]> {
  const { fabric, topology } = await openLab(stateFolder(process.env.CITYDC_STATE || '.citydc'));
  const shape = siteLoss.plan(topology, 'lab');
  const wards = offices.map((host, index): Ward => {
    const gateway = topology.plan.gateway(Number(host.slice(1)), 'office');
    return { host, name: { vi: host, en: host }, source: gateway[index % 2 === 0 ? 'v4' : 'v6'] };
  });
  const plan: DrillPlan = { ...shape, wards, limits: { ...shape.limits, clientSeconds: CLIENT_SECONDS } };
  const run = `test-${Date.now()}`;
  const clients = startClients(fabric, run, plan);
  const allGood = () => {
    const [gone] = clients.gone();
    if (gone !== undefined) throw new Error(`the client in ${gone.ward} ended: ${gone.why}`);
    return clients.sights().every(({ goodSeconds }) => goodSeconds >= GOOD_SECONDS);
  };
  const window = { fromMs: 0, toMs: 0 };
  try {
    await eventually('good answers to all', async () => allGood());
    window.fromMs = Date.now();
    await work();
    clients.recount();
    await eventually('good answers to all again', async () => allGood());
    window.toMs = Date.now() - 1000; // what is due this moment has no answer yet
  } finally {
    await clients.end();
  }
  return Promise.all(wards.map(judge)).then(lists => lists.flat());

  async function judge(ward: Ward): Promise<readonly Seen[]> {
    const ledger = parseLedger((await fabric.readFile(ward.host, ledgerPath(run))).toString());
    return Promise.all(
      plan.systems.map(async (system): Promise<Seen> => {
        const requests = requestsOf(ledger, system.key);
        const outage = longestOutageSeconds(requests, system.intervalMs, window);
        const since = (ms: number) => Math.round((ms - window.fromMs) / 100) / 10;
        const outages = outagesIn(requests).map(({ fromMs, toMs }) => [since(fromMs), since(toMs)] as const);
        const seen = { office: ward.host, system: system.key, outage, outages };
        if (system.state === 'none') return { ...seen, acknowledged: 0, lost: [] };
        const list = await readBack(system, ward);
        if (list === undefined) return { ...seen, acknowledged: 0, lost: 'unmeasured' };
        const { acknowledged, lost } = lossesOf(requests, list, { endpoint: ward.host, run, system: system.key });
        return { ...seen, acknowledged, lost };
      }),
    );
  }

  async function readBack(system: PlannedSystem, ward: Ward) {
    const url = `http://${beforePort(addressFor(ward, system))}:${system.port}/documents?endpoint=${ward.host}&run=${run}`;
    const { stdout } = await fabric.exec(ward.host, ['curl', '-sf', '-m', '10', '--interface', ward.source, url]);
    return parseList(stdout);
  }
}
