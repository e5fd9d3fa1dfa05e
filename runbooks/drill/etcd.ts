import * as z from 'zod';
import { jsonOf } from '../../agents/contract/json.js';
import { WorldError } from '../../infra/city/problem.js';
import type { Check } from '../../infra/fabric/steady-state.js';
import { ETCDCTL_FILE } from '../../infra/site/programs/etcd.js';
import type { Stage } from './run.js';

const statuses = z.array(
  z.object({ Endpoint: z.string(), Status: z.object({ leader: z.number(), header: z.object({ member_id: z.number() }) }) }),
);

const STATUS = `. ${ETCDCTL_FILE} && etcdctl endpoint status -w json`;

/** The host that leads etcd; undefined when it cannot be read: the drill continues, and its report says that it is not known. */
export async function etcdLeader({ fabric, checks }: Stage): Promise<string | undefined> {
  const quorum = checks.find((check): check is Extract<Check, { kind: 'quorum' }> => check.kind === 'quorum');
  const [host] = quorum?.members ?? [];
  if (quorum === undefined || host === undefined) return undefined;
  const answer = await fabric.exec(host, ['sh', '-c', STATUS], { timeoutMs: 10_000 }).catch(unread);
  const leading = jsonOf(statuses, answer?.stdout ?? '')?.find(({ Status }) => Status.leader === Status.header.member_id);
  return leading && quorum.members.find(member => member === new URL(leading.Endpoint).hostname);
}

function unread(error: unknown): undefined {
  if (!(error instanceof WorldError)) throw error;
}
