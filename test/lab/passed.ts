import type { Judgement } from '../../runbooks/judge/judge.js';
import type { Ended } from './citydc.js';

/**
 * Demands that a drill passes; what did not is in the message. One that the machine was too late for says nothing about the city: as an
 * operator would, it is run once more.
 *
 * @param drill runs it, with `--json`
 */
export async function demandPassed(drill: () => Promise<Ended>): Promise<Judgement> {
  const first = await drill();
  return passed(first.stdout !== '' && (JSON.parse(first.stdout) as Judgement).verdict === 'inconclusive' ? await drill() : first);
}

function passed({ code, stdout, stderr }: Ended): Judgement {
  if (stdout === '') throw new Error(`the drill ended with ${code} and no verdict\n${stderr.slice(-3000)}`);
  const judgement = JSON.parse(stdout) as Judgement;
  const { verdict, brokenOff, criteria, outages, powerReturn, failback, later, losses } = judgement;
  if (code === 0 && verdict === 'pass') return judgement;
  const open = Object.fromEntries(
    Object.entries({ criteria, outages, powerReturn, failback, later, losses }).map(([name, rows]) => [
      name,
      rows.filter(row => row.verdict !== 'pass'),
    ]),
  );
  throw new Error(`${verdict} ${brokenOff ?? ''}\n${JSON.stringify(open, undefined, 1)}\n${stderr.slice(-2000)}`);
}
