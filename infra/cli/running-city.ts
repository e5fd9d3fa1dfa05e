import type { Caller, Realisation, RunningCity } from '../fabric/realisation.js';
import type { Context } from './command.js';
import { describeLate } from './describe-up.js';
import { callFor, rootOf } from './place.js';
import { REALISATIONS } from './realisations.js';

/** The realisation whose city a command is about. */
export const realisationOf = (context: Context): Promise<Realisation> => REALISATIONS[context.fabric](callerOf(context));

/** The running city that a command is about. @throws {WorldError} when none is up, or it is incomplete */
export const openRunningCity = async (context: Context): Promise<RunningCity> => (await realisationOf(context)).open();

const callerOf = (context: Context): Caller => ({
  state: rootOf(context),
  env: context.env,
  call: callFor(context),
  progress: (what, done, of) => context.output.progress(`${what} ${done}/${of}`),
  note: text => context.output.note(text),
  late: (late, hold, of) => context.output.progress(describeLate(late, hold, of)),
  interrupted: context.interrupted,
});
