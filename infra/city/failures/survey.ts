import type { City } from '../model.js';
import { type Cuts, cutsOf } from './cuts.js';
import { type Terrain, terrainOf } from './footprint.js';
import { type Core, coreOf } from './trunk.js';

/** A city with all that rules ask of its failures, worked out once. */
export interface Survey {
  readonly city: City;
  readonly terrain: Terrain;
  readonly core: Core;
  readonly cuts: Cuts;
}

export function surveyOf(city: City): Survey {
  const terrain = terrainOf(city);
  const core = coreOf(city);
  return { city, terrain, core, cuts: cutsOf(terrain, core) };
}
