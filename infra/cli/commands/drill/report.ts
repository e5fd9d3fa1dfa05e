import { readEvidence } from '../../../../runbooks/evidence/evidence.js';
import { runFolder } from '../../../../runbooks/evidence/history.js';
import { markdown } from '../../../../runbooks/evidence/report/markdown.js';
import { damageOf, doubtsOf } from '../../../../runbooks/judge/doubts.js';
import { judge as judgeEvidence } from '../../../../runbooks/judge/judge.js';
import type { Language } from '../../../city/identity.js';
import { WorldError } from '../../../city/problem.js';
import type { Context, ExitCode } from '../../command.js';
import { realisationOf } from '../../running-city.js';
import { noteDoubts, reportRun } from './outcome.js';

/** `drill report`: the report of a run, in Markdown. Exit code 3 when a doubt makes it prove nothing. */
export async function report(context: Context, name: string | undefined, { lang }: { lang: Language }): Promise<ExitCode> {
  const evidence = await readEvidence(await runFolder(await drillsFolder(context), name));
  const judgement = judgeEvidence(evidence);
  const doubts = doubtsOf(evidence, judgement.verdict);
  context.output.result({ ...judgement, doubts }, markdown(judgement, lang, doubts));
  noteDoubts(context, judgement, doubts);
  return doubts.length === 0 ? 0 : 3;
}

/** `drill judge`: judges stored evidence again. @throws {WorldError} when the evidence was changed */
export async function judge(context: Context, name: string): Promise<ExitCode> {
  const folder = await runFolder(await drillsFolder(context), name);
  const evidence = await readEvidence(folder);
  const damage = damageOf(evidence.journal);
  if (damage !== undefined)
    throw new WorldError(`${evidence.run} is not judged: ${damage}`, { hint: 'run the drill again for evidence that counts' });
  const judgement = judgeEvidence(evidence);
  return reportRun(context, { folder, judgement }, doubtsOf(evidence, judgement.verdict));
}

const drillsFolder = async (context: Context): Promise<string> => (await realisationOf(context)).drillsFolder;
