import { type Loads, loadsOf } from '../capacity/load.js';
import type { City } from '../model.js';
import { type Cuts, cutsOf } from './cuts.js';
import { type DoubleFailures, doubleFailuresOf } from './doubles.js';
import { type Terrain, terrainOf } from './footprint.js';
import { type Outsiders, outsidersOf } from './outsiders.js';
import { type Core, coreOf } from './trunk.js';
import { type WriterCases, writerCasesOf } from './writers.js';

/** A city with all that rules and reports ask of its failures: each is computed once, when it is first needed. */
export interface Survey {
  readonly city: City;
  readonly terrain: Terrain;
  readonly core: Core;
  readonly cuts: Cuts;
  doubles(): DoubleFailures;
  writers(): WriterCases;
  loads(): Loads;
  outsiders(): Outsiders;
}

export function surveyOf(city: City): Survey {
  const terrain = terrainOf(city);
  const core = coreOf(city);
  const cuts = cutsOf(terrain, core);
  return {
    city,
    terrain,
    core,
    cuts,
    doubles: later(() => doubleFailuresOf(terrain, cuts)),
    writers: later(() => writerCasesOf(terrain, core)),
    loads: later(() => loadsOf(terrain, core)),
    outsiders: later(() => outsidersOf(city)),
  };
}

/** A value that is computed when it is first needed. */
function later<T>(answer: () => T): () => T {
  let known: { readonly value: T } | undefined;
  return () => {
    known ??= { value: answer() };
    return known.value;
  };
}
