import type { RunningCity } from '../fabric/realisation.js';
import type { FabricKind } from './command.js';
import type { Opening } from './place.js';

/** The code of a fabric is loaded when it is asked for. */
const OPENERS = {
  lab: async opening => (await import('./running/lab.js')).openLab(opening),
  docker: async opening => (await import('./running/docker.js')).openDocker(opening),
} as const satisfies Record<FabricKind, (opening: Opening) => Promise<RunningCity>>;

/** @throws {WorldError} when no city is up there, or one is only half made */
export const openRunningCity = (opening: Opening): Promise<RunningCity> => OPENERS[opening.fabric ?? 'lab'](opening);
