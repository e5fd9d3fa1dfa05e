import type { Caller, Realisation } from '../fabric/realisation.js';

/** What can run a city, by the name that `--fabric` takes. The code of each is loaded when it is named. */
export const REALISATIONS = {
  lab: async caller => (await import('../lab/realisation.js')).labRealisation(caller),
  docker: async caller => (await import('../docker/realisation.js')).dockerRealisation(caller),
} as const satisfies Record<string, (caller: Caller) => Promise<Realisation>>;

export type FabricKind = keyof typeof REALISATIONS;
export const FABRICS = Object.keys(REALISATIONS) as readonly FabricKind[];
