/** The drill: the whole primary site loses power at one moment. */

import type { ElementNumber, SiteRole } from '../../infra/city/identity.js';
import type { Site } from '../../infra/city/model.js';
import { siteOf } from '../../infra/city/model.js';
import { wrongInput } from '../../infra/city/problem.js';
import { readCluster } from '../../infra/fabric/cluster.js';
import { sentinelsOf } from '../../infra/fabric/sentinels.js';
import { patroniUrl } from '../../infra/site/programs/patroni.js';
import { machinesOf, type Topology } from '../../infra/site/topology.js';
import type { Drill, DrillPlan, PlannedSystem } from '../drill/drill.js';
import { wardsOf } from '../drill/wards.js';

/** How often each ward asks: fine enough for objectives of 2 s and 5 s; more writes would measure this machine, not the design. */
const INTERVAL_MS = { none: 250, database: 1000 } as const satisfies Record<PlannedSystem['state'], number>;

/** For citizens the return of power must be no second loss, whatever a system's objective for a loss is. */
const POWER_RETURN = { rtoSeconds: 2 } as const;

/** The planned way back, whatever the systems' objectives are. */
const FAILBACK = { rtoSeconds: 5, rpoSeconds: 0 } as const;

const STEADY_SECONDS = 240;

/** Powers the primary site off, waits for the backup to serve, returns the power, and moves the database back by plan. */
export const siteLoss: Drill = {
  name: 'site-loss',
  title: { vi: 'Diễn tập mất toàn bộ trung tâm dữ liệu chính', en: 'Loss of the whole primary data centre' },
  proves: {
    vi: 'Khi trung tâm chính mất điện hoàn toàn, mọi hệ thống dùng chung tiếp tục tại trung tâm dự phòng trong thời hạn, không mất văn bản nào đã xác nhận, và quay về theo kế hoạch.',
    en: 'When the primary site loses power, every shared system continues at the backup site within its objective, no acknowledged write is lost, and the return is planned and short.',
  },
  plan,
  preconditions: [
    {
      id: 'no-fault',
      demand: { vi: 'không có sự cố nào đang được gây ra', en: 'no fault is active' },
      check: async (_plan, fabric) => {
        const [fault] = await fabric.faults();
        return fault && `fault ${fault.id} (${fault.fault.do}, by ${fault.by}) is active; next: citydc fault heal`;
      },
    },
    {
      id: 'backup-synchronous',
      demand: { vi: 'bản sao tại trung tâm dự phòng đang đồng bộ', en: 'the database at the backup site is a synchronous standby' },
      check: backupIsSynchronous,
    },
  ],
  fault: ({ faultHosts }) => ({ do: 'power-off', hosts: faultHosts }),
};

/** Without it a site loss would lose acknowledged writes: that is known, and need not be shown. */
async function backupIsSynchronous({ databases, primary, backup }: DrillPlan, fabric: Parameters<typeof readCluster>[0]) {
  const { leader, synchronous } = await readCluster(fabric, databases);
  const siteOfHost = (host: string | undefined) => databases.find(database => database.host === host)?.site;
  if (siteOfHost(leader) !== primary) return `the database's leader is ${leader ?? 'missing'}, not at ${primary}; next: citydc status`;
  if (synchronous.some(host => siteOfHost(host) === backup)) return undefined;
  return `no database host of ${backup} is in /sync (there: ${synchronous.join(', ') || 'none'}), so a site loss may lose writes; next: citydc status`;
}

function plan(topology: Topology, target: DrillPlan['target']): DrillPlan {
  const { city } = topology;
  const [primary, backup] = [mustHave(topology, 'primary'), mustHave(topology, 'backup')];
  const systems = city.systems.map(({ number, key, name, state, port, objectives }) => ({
    ...{ number, key, name, state, port, intervalMs: INTERVAL_MS[state], objective: objectives[target] },
    address: topology.plan.service(number).v4,
    addressV6: topology.plan.service(number).v6,
  }));
  const wards = wardsOf(topology);
  const worstRtoSeconds = Math.max(...systems.map(({ objective }) => objective.rtoSeconds));
  return {
    schema: 2,
    drill: 'site-loss',
    target,
    city: { id: city.id, name: city.name },
    primary: `s${primary.number}`,
    backup: `s${backup.number}`,
    faultHosts: hostsAt(topology, primary.number),
    systems,
    wards: [...wards],
    sentinels: [...sentinelsOf(topology, target, wards[0]?.host ?? '')],
    databases: machinesOf(topology, 'database').map(({ name, node }) => ({
      host: name,
      site: `s${node.number}`,
      url: patroniUrl(name),
    })),
    powerReturn: POWER_RETURN,
    failback: FAILBACK,
    limits: limitsFor(worstRtoSeconds),
  };
}

/** Twice the slowest objective distinguishes late from never; the fault heals by itself a little later than the engine may need. */
function limitsFor(worstRtoSeconds: number): DrillPlan['limits'] {
  const observeSeconds = 2 * worstRtoSeconds + 30;
  const healAfterSeconds = observeSeconds + 60;
  return {
    baselineSeconds: 5,
    goodSeconds: 5,
    observeSeconds,
    healAfterSeconds,
    steadySeconds: STEADY_SECONDS,
    clientSeconds: healAfterSeconds + 3 * STEADY_SECONDS,
  };
}

const hostsAt = ({ machines }: Topology, site: ElementNumber): string[] =>
  machines.filter(({ node }) => node.number === site).map(({ name }) => name);

function mustHave({ city }: Topology, role: SiteRole): Site {
  const site = siteOf(city, role);
  if (site !== undefined) return site;
  throw wrongInput('drill-sites', 'sites', `no ${role} site`, `site-loss needs a ${role} site`);
}
